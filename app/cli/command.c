/* Parses a command line by the verb's table of options. */
#include "app/cli/command.h"

#include <string.h>

static const TelarOption *
find_option (const TelarVerb *verb, const char *name, gsize length)
{
  for (const TelarOption *option = verb->options; option->name != NULL; option++)
    if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
      return option;
  return NULL;
}

static const TelarOption *
find_letter (const TelarVerb *verb, char letter)
{
  for (const TelarOption *option = verb->options; option->name != NULL; option++)
    if (option->letter != 0 && option->letter == letter)
      return option;
  return NULL;
}

static gboolean
usage_error (const TelarVerb *verb, GError **error, const char *text)
{
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s; see telar %s --help", text, verb->name);
  return FALSE;
}

static gboolean
check_int (const TelarOption *option, const char *value, char **problem)
{
  char *end = NULL;
  gint64 number = g_ascii_strtoll (value, &end, 10);
  if (end != value && *end == '\0' && number >= option->minimum && number <= option->maximum)
    return TRUE;
  *problem = g_strdup_printf ("--%s takes a whole number from %" G_GINT64_FORMAT
                              " to %" G_GINT64_FORMAT ", not \"%s\"",
                              option->name, option->minimum, option->maximum, value);
  return FALSE;
}

static gboolean
check_choice (const TelarOption *option, const char *value, char **problem)
{
  if (g_strv_contains (option->choices, value))
    return TRUE;
  g_autofree char *choices = g_strjoinv (", ", (char **)option->choices);
  *problem = g_strdup_printf ("--%s takes one of %s, not \"%s\"", option->name, choices, value);
  return FALSE;
}

static gboolean
put_value (TelarCommand *command, const TelarOption *option, const char *value, GError **error)
{
  g_autofree char *problem = NULL;
  GPtrArray *values = g_hash_table_lookup (command->values, option->name);
  gboolean ok = TRUE;
  if (option->kind == TELAR_OPTION_INT)
    ok = check_int (option, value, &problem);
  else if (option->kind == TELAR_OPTION_CHOICE)
    ok = check_choice (option, value, &problem);
  else if (option->kind != TELAR_OPTION_FLAG && value[0] == '\0') {
    problem = g_strdup_printf ("--%s needs a value", option->name);
    ok = FALSE;
  }
  if (ok && values != NULL && !option->repeated && option->kind != TELAR_OPTION_FLAG) {
    problem = g_strdup_printf ("--%s is given twice", option->name);
    ok = FALSE;
  }
  if (!ok)
    return usage_error (command->verb, error, problem);
  if (values == NULL) {
    values = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (command->values, (gpointer)option->name, values);
  }
  g_ptr_array_add (values, g_strdup (value));
  return TRUE;
}

/* "--name", "--name=value", "-o": finds the option and the value that is part of the word. */
static const TelarOption *
split_word (const TelarVerb *verb, const char *word, const char **inlined)
{
  *inlined = NULL;
  if (word[1] != '-') {
    if (word[1] != '\0' && word[2] != '\0')
      *inlined = word + 2;
    return find_letter (verb, word[1]);
  }
  const char *equals = strchr (word, '=');
  *inlined = equals != NULL ? equals + 1 : NULL;
  gsize length = equals != NULL ? (gsize)(equals - word) : strlen (word);
  return find_option (verb, word + 2, length - 2);
}

/* Takes the option at @argv; the number of words it used, 0 on error. */
static guint
take_option (TelarCommand *command, char **argv, GError **error)
{
  const char *inlined;
  const TelarOption *option = split_word (command->verb, argv[0], &inlined);
  g_autofree char *problem = NULL;
  if (option == NULL)
    problem = g_strdup_printf ("unknown option %s", argv[0]);
  else if (option->kind == TELAR_OPTION_FLAG && inlined != NULL)
    problem = g_strdup_printf ("--%s takes no value", option->name);
  else if (option->kind != TELAR_OPTION_FLAG && inlined == NULL && argv[1] == NULL)
    problem = g_strdup_printf ("--%s needs a value", option->name);
  if (problem != NULL) {
    usage_error (command->verb, error, problem);
    return 0;
  }
  gboolean separate = option->kind != TELAR_OPTION_FLAG && inlined == NULL;
  const char *value = option->kind == TELAR_OPTION_FLAG ? "" : separate ? argv[1] : inlined;
  return put_value (command, option, value, error) ? 1 + separate : 0;
}

TelarCommand *
telar_command_parse (const TelarVerb *verb, char **argv, GError **error)
{
  g_autoptr (TelarCommand) command = g_new0 (TelarCommand, 1);
  command->verb = verb;
  command->arguments = g_ptr_array_new_with_free_func (g_free);
  command->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  gboolean options = TRUE;
  while (*argv != NULL) {
    guint used = 1;
    if (options && strcmp (*argv, "--") == 0)
      options = FALSE;
    else if (options && argv[0][0] == '-' && argv[0][1] != '\0')
      used = take_option (command, argv, error);
    else
      g_ptr_array_add (command->arguments, g_strdup (*argv));
    if (used == 0)
      return NULL;
    argv += used;
  }
  guint n = command->arguments->len;
  if (n < verb->min_arguments || n > verb->max_arguments) {
    g_autofree char *problem =
        n < verb->min_arguments
            ? g_strdup_printf ("%s is missing", verb->arguments)
            : g_strdup_printf ("\"%s\" is one argument too many",
                               (char *)command->arguments->pdata[verb->max_arguments]);
    usage_error (verb, error, problem);
    return NULL;
  }
  return g_steal_pointer (&command);
}

void
telar_command_free (TelarCommand *command)
{
  if (command == NULL)
    return;
  g_ptr_array_unref (command->arguments);
  g_hash_table_unref (command->values);
  g_free (command);
}

const char *
telar_command_argument (const TelarCommand *command, guint i)
{
  return i < command->arguments->len ? command->arguments->pdata[i] : NULL;
}

const GPtrArray *
telar_command_list (const TelarCommand *command, const char *option)
{
  g_assert (find_option (command->verb, option, strlen (option)) != NULL);
  return g_hash_table_lookup (command->values, option);
}

gboolean
telar_command_has (const TelarCommand *command, const char *option)
{
  return telar_command_list (command, option) != NULL;
}

const char *
telar_command_text (const TelarCommand *command, const char *option)
{
  const GPtrArray *values = telar_command_list (command, option);
  return values != NULL ? values->pdata[values->len - 1] : NULL;
}

gint64
telar_command_int (const TelarCommand *command, const char *option, gint64 fallback)
{
  const char *text = telar_command_text (command, option);
  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}
