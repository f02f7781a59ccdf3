/* Lines for messages about JSON that was read without an error of syntax but says something wrong.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The line (from 1) on which member @key of the document's object begins or, with @index below
 * G_MAXSIZE, item or member @index of that member. @text must be valid JSON, an object at the top.
 * 0 when there is no such thing. */
guint telar_json_line (const char *text, gsize length, const char *key, gsize index);

G_END_DECLS
