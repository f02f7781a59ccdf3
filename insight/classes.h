/* The names of a classifier's classes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list in JSON, in parts; NULL where it is none, or empty. Caller frees. */
char **telar_classes_split (const char *json);

/* Of one class; its number where @names, which may be NULL, has none for it. Caller frees. */
char *telar_classes_name (char *const *names, gint64 class);

G_END_DECLS
