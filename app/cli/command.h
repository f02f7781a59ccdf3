/* A verb of the command line and what was given to it.
 *
 * Each verb describes its options in a table; parsing, --help, the man page and shell completion
 * all read that table. */
#pragma once

#include "engine/error.h"
#include <jansson.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_OPTION_FLAG,
  TELAR_OPTION_TEXT,
  TELAR_OPTION_INT,
  TELAR_OPTION_CHOICE,
  TELAR_OPTION_FILE, /* a path: the shell completes it */
  TELAR_OPTION_FOLDER,
} TelarOptionKind;

/* Tables end with an entry whose name is NULL. */
typedef struct {
  const char *name; /* "workspace": --workspace */
  char letter;      /* 'o': -o as well; 0: none */
  TelarOptionKind kind;
  const char *value; /* what stands for the value in the help: "DIR" */
  const char *doc;
  gint64 minimum, maximum;    /* INT */
  const char *const *choices; /* CHOICE; NULL-terminated */
  gboolean repeated;
} TelarOption;

typedef struct TelarCommand TelarCommand;

typedef struct {
  const char *name;      /* "train" */
  const char *arguments; /* "PROJECT", "MODEL" …; "" for none */
  guint min_arguments, max_arguments;
  const char *summary; /* one line */
  const char *doc;     /* a paragraph; may be NULL */
  const TelarOption *options;
  /* The exit status; or sets @error, whose code then decides. */
  int (*run) (const TelarCommand *command, GError **error);
} TelarVerb;

struct TelarCommand {
  const TelarVerb *verb;
  GPtrArray *arguments; /* char * */
  GHashTable *values;   /* option name -> GPtrArray of char * */
};

/* NULL with TELAR_ERROR_USAGE. @argv begins after the verb. */
TelarCommand *telar_command_parse (const TelarVerb *verb, char **argv, GError **error);
void telar_command_free (TelarCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCommand, telar_command_free)

const char *telar_command_argument (const TelarCommand *command, guint i); /* NULL: not given */
gboolean telar_command_has (const TelarCommand *command, const char *option);
/* The last value given, or NULL. */
const char *telar_command_text (const TelarCommand *command, const char *option);
gint64 telar_command_int (const TelarCommand *command, const char *option, gint64 fallback);
/* Every value given, in order; NULL when none was. Borrowed. */
const GPtrArray *telar_command_list (const TelarCommand *command, const char *option);

/* --- exit statuses and output -------------------------------------------------------------------
 */

/* What the contract gives a GError: 1 failed, 2 usage, 3 invalid, 4 no device, 130 interrupted. */
int telar_exit_status (const GError *error);

/* Prints @json as one line on standard output and takes the reference. */
void telar_print_json (json_t *json);
/* The same over several lines, for a document. */
void telar_print_json_document (json_t *json);

/* --- reference ----------------------------------------------------------------------------------
 */

/* The table of verbs, ended by NULL (main.c). */
extern const TelarVerb *const telar_verbs[];

void telar_print_usage (void);
void telar_print_help (const TelarVerb *verb);
/* roff, section 1. */
void telar_print_man_page (void);
void telar_print_bash_completion (void);

G_END_DECLS
