/* The written pages of the help. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_HELP_TEXT,
  TELAR_HELP_HEADING,
  TELAR_HELP_KEYS,
} TelarHelpKind;

typedef struct {
  TelarHelpKind kind;
  const char *text; /* N_() */
  const char *keys; /* of keys: as gtk_accelerator_parse takes them, apart by spaces */
} TelarHelpPart;

typedef struct {
  const char *name;           /* "canvas" */
  const char *title;          /* N_() */
  const TelarHelpPart *parts; /* ended by one without text */
} TelarHelpTopic;

/* All, ended by one without a name. */
extern const TelarHelpTopic telar_help_topics[];

/* NULL when there is none. */
const TelarHelpTopic *telar_help_find_topic (const char *name);

G_END_DECLS
