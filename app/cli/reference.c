/* What the verbs' tables say of themselves: --help, the man page, shell completion. */
#include "app/cli/command.h"

#include <stdio.h>
#include <string.h>

#define EXIT_STATUSES                                                                              \
  "0 done, 1 failed while running, 2 wrong usage, 3 invalid input (the message names file, node "  \
  "or line), 4 no such device, 130 interrupted (a checkpoint is kept)"

/* Prints @text in lines of up to 79 columns, each after the first with @indent spaces. */
static void
print_wrapped (const char *text, guint column, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (char **word = words; *word != NULL; word++) {
    guint length = (guint)g_utf8_strlen (*word, -1);
    if (word != words && column + 1 + length > 79) {
      printf ("\n%*s", (int)indent, "");
      column = indent;
    } else if (word != words) {
      putchar (' ');
      column++;
    }
    fputs (*word, stdout);
    column += length;
  }
  putchar ('\n');
}

/* "--output FILE, -o FILE". Caller frees. */
static char *
option_head (const TelarOption *option)
{
  g_autofree char *choices =
      option->choices != NULL ? g_strjoinv ("|", (char **)option->choices) : NULL;
  const char *value = choices != NULL ? choices : option->value != NULL ? option->value : "";
  const char *space = *value ? " " : "";
  return option->letter != 0 ? g_strdup_printf ("-%c%s%s, --%s%s%s", option->letter, space, value,
                                                option->name, space, value)
                             : g_strdup_printf ("--%s%s%s", option->name, space, value);
}

void
telar_print_usage (void)
{
  puts ("telar: machine learning from drawn networks\n\nUsage: telar VERB …\n");
  for (const TelarVerb *const *verb = telar_verbs; *verb != NULL; verb++) {
    printf ("  %-10s ", (*verb)->name);
    print_wrapped ((*verb)->summary, 13, 13);
  }
  fputs ("\ntelar VERB --help says more. Exit status: ", stdout);
  print_wrapped (EXIT_STATUSES ".", 42, 0);
}

void
telar_print_help (const TelarVerb *verb)
{
  printf ("Usage: telar %s%s%s%s\n\n", verb->name, *verb->arguments ? " " : "", verb->arguments,
          verb->options->name != NULL ? " [OPTION]…" : "");
  print_wrapped (verb->summary, 0, 0);
  if (verb->doc != NULL) {
    putchar ('\n');
    print_wrapped (verb->doc, 0, 0);
  }
  if (verb->options->name != NULL)
    puts ("\nOptions:");
  for (const TelarOption *option = verb->options; option->name != NULL; option++) {
    g_autofree char *head = option_head (option);
    printf ("  %s\n        ", head);
    print_wrapped (option->doc, 8, 8);
  }
}

/* --- man page -----------------------------------------------------------------------------------
 */

/* roff takes a hyphen for a break and a dot or quote at a line's start for a request. */
static void
print_roff (const char *text)
{
  if (*text == '.' || *text == '\'')
    fputs ("\\&", stdout);
  for (; *text != '\0'; text++)
    if (*text == '-' || *text == '\\')
      printf ("\\%c", *text == '\\' ? 'e' : '-');
    else
      putchar (*text);
}

static void
print_line (const char *text)
{
  print_roff (text);
  putchar ('\n');
}

static void
print_man_verb (const TelarVerb *verb)
{
  printf (".SS \"telar %s%s%s\"\n", verb->name, *verb->arguments ? " " : "", verb->arguments);
  print_line (verb->summary);
  if (verb->doc != NULL) {
    puts (".PP");
    print_line (verb->doc);
  }
  for (const TelarOption *option = verb->options; option->name != NULL; option++) {
    g_autofree char *head = option_head (option);
    fputs (".TP\n\\fB", stdout);
    print_roff (head);
    puts ("\\fR");
    print_line (option->doc);
  }
}

void
telar_print_man_page (void)
{
  printf (".TH TELAR 1 \"\" \"Telar %s\" \"User Commands\"\n", TELAR_VERSION);
  puts (".SH NAME\ntelar \\- machine learning from drawn networks\n.SH SYNOPSIS\n.B telar\n"
        ".I VERB\n.RI [ OPTION ]...\n.SH VERBS");
  for (const TelarVerb *const *verb = telar_verbs; *verb != NULL; verb++)
    print_man_verb (*verb);
  puts (".SH EXIT STATUS");
  print_line (EXIT_STATUSES ".");
  puts (
      ".SH ENVIRONMENT\n.TP\n.B TELAR_WORKSPACE\nThe workspace when \\-\\-workspace is not given; "
      "without either it is telar/workspace in the user's data folder (XDG_DATA_HOME).");
}

/* --- completion ---------------------------------------------------------------------------------
 */

static void
print_completion_case (const TelarVerb *verb)
{
  printf ("    %s)\n      case $before in\n", verb->name);
  g_autoptr (GString) words = g_string_new ("--help");
  for (const TelarOption *option = verb->options; option->name != NULL; option++) {
    g_string_append_printf (words, " --%s", option->name);
    g_autofree char *letter =
        option->letter != 0 ? g_strdup_printf ("|-%c", option->letter) : g_strdup ("");
    const char *action = NULL;
    g_autofree char *choices =
        option->choices != NULL ? g_strjoinv (" ", (char **)option->choices) : NULL;
    if (choices != NULL)
      printf ("        --%s%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
              option->name, letter, choices);
    else if (option->kind == TELAR_OPTION_FILE)
      action = "-f";
    else if (option->kind == TELAR_OPTION_FOLDER)
      action = "-d";
    else if (option->kind != TELAR_OPTION_FLAG)
      printf ("        --%s%s) return ;;\n", option->name, letter);
    if (action != NULL)
      printf ("        --%s%s) COMPREPLY=($(compgen %s -- \"$word\")); return ;;\n", option->name,
              letter, action);
  }
  printf ("      esac\n      options='%s' ;;\n", words->str);
}

void
telar_print_bash_completion (void)
{
  g_autoptr (GString) verbs = g_string_new (NULL);
  for (const TelarVerb *const *verb = telar_verbs; *verb != NULL; verb++)
    g_string_append_printf (verbs, "%s%s", verbs->len > 0 ? " " : "", (*verb)->name);
  printf ("# bash completion for telar\n_telar() {\n"
          "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
          "  if ((COMP_CWORD == 1)); then\n"
          "    COMPREPLY=($(compgen -W '%s --help --version' -- \"$word\"))\n    return\n  fi\n"
          "  case ${COMP_WORDS[1]} in\n",
          verbs->str);
  for (const TelarVerb *const *verb = telar_verbs; *verb != NULL; verb++)
    print_completion_case (*verb);
  puts ("  esac\n  if [[ $word == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  else\n"
        "    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n"
        "complete -o filenames -F _telar telar");
}
