/* Parameters: what the inspector, the project file and --set know about a setting.
 * Operators and the training settings describe themselves with the same table. */
#pragma once

#include "engine/error.h"
#include <jansson.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_PARAM_INT,
  TELAR_PARAM_REAL,
  TELAR_PARAM_BOOL,
  TELAR_PARAM_CHOICE, /* one of @choices */
  TELAR_PARAM_INTS,   /* a short list such as a kernel, "3x3" in text; [min_items, max_items] */
  TELAR_PARAM_REALS,  /* a list of any length, "0.5,2" in text; [min_items, max_items], 0: no end */
  TELAR_PARAM_TEXT,
  TELAR_PARAM_FILE, /* a path, relative to the project */
} TelarParamKind;

/* Static tables end with an entry whose name is NULL. Fields that do not apply stay zero;
 * minimum == maximum means no limits. The default is written as text in the form that
 * telar_param_value_from_text reads. */
typedef struct {
  const char *name;  /* "filters": in files and on the command line */
  const char *label; /* N_("Filters"): what a person reads */
  TelarParamKind kind;
  const char *fallback; /* the default, as text */
  double minimum, maximum;
  const char *const *choices; /* NULL-terminated */
  guint min_items, max_items;
  const char *doc;    /* N_("Number of output channels.") */
  const char *unit;   /* N_("rows"): what numbers are counted in, NULL for plain ones */
  gboolean prominent; /* shown on the node's card */
  gboolean live;      /* may be changed while a run is training */
} TelarParam;

#define TELAR_PARAM_MAX_ITEMS 16 /* of whole numbers */
#define TELAR_PARAM_MAX_REALS (1 << 16)

/* A number may come from an expression (param-expression.h): then @expression is its text and the
 * number what it came to last, the default before it was ever worked out. */
typedef struct {
  TelarParamKind kind;
  char *expression; /* NULL for a plain value; owned */
  char *fault;      /* why the expression comes to nothing; NULL when it does not; owned */
  union {
    gint64 integer;
    double real;
    gboolean boolean;
    char *text; /* choice, text, file; owned */
    struct {
      guint n;
      gint64 items[TELAR_PARAM_MAX_ITEMS];
    } ints;
    struct {
      guint n;
      double *items; /* owned; NULL when there are none */
    } reals;
  };
} TelarParamValue;

void telar_param_value_clear (TelarParamValue *value);
void telar_param_value_copy (TelarParamValue *target, const TelarParamValue *source);
gboolean telar_param_value_equal (const TelarParamValue *a, const TelarParamValue *b);

/* From "64", "0.1", "true", "relu", "3x3" or "3,3", "0.5,2", numbers also from "=2*width"; from
 * JSON. Both check kind, limits, choices and the number of items, and the message names parameter,
 * limit and what was given. */
gboolean telar_param_value_from_text (const TelarParam *param, const char *text,
                                      TelarParamValue *value, GError **error);
gboolean telar_param_value_from_json (const TelarParam *param, const json_t *json,
                                      TelarParamValue *value, GError **error);

/* Caller frees; what from_text reads. */
char *telar_param_value_to_text (const TelarParamValue *value);
/* A new reference. */
json_t *telar_param_value_to_json (const TelarParamValue *value);

/* A full set of values for a table, defaults where nothing was set. */
typedef struct TelarParamSet TelarParamSet;

TelarParamSet *telar_param_set_new (const TelarParam *table);
TelarParamSet *telar_param_set_copy (const TelarParamSet *set);
void telar_param_set_free (TelarParamSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarParamSet, telar_param_set_free)

const TelarParam *telar_param_set_table (const TelarParamSet *set);
/* NULL when the table has no such name. Borrowed. */
const TelarParamValue *telar_param_set_get (const TelarParamSet *set, const char *name);
/* Checks against the table; FALSE with an error that names the known parameters otherwise. */
gboolean telar_param_set_put (TelarParamSet *set, const char *name, const TelarParamValue *value,
                              GError **error);
gboolean telar_param_set_put_text (TelarParamSet *set, const char *name, const char *text,
                                   GError **error);
gboolean telar_param_set_put_json (TelarParamSet *set, const char *name, const json_t *json,
                                   GError **error);
void telar_param_set_reset (TelarParamSet *set, const char *name);
gboolean telar_param_set_has_expressions (const TelarParamSet *set);
gboolean telar_param_set_is_default (const TelarParamSet *set, const char *name);

/* Typed access for code that knows its own table; a wrong name is a programming error. */
gint64 telar_param_set_int (const TelarParamSet *set, const char *name);
double telar_param_set_real (const TelarParamSet *set, const char *name);
gboolean telar_param_set_bool (const TelarParamSet *set, const char *name);
const char *telar_param_set_text (const TelarParamSet *set, const char *name);
const gint64 *telar_param_set_ints (const TelarParamSet *set, const char *name, guint *n);
const double *telar_param_set_reals (const TelarParamSet *set, const char *name, guint *n);

G_END_DECLS
