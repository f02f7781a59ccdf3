/* Numbers and JSON as text: the shortest form that reads back as the same number, independent of
 * the locale. What the project file, the records and the parameters are written with. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define TELAR_REAL_TEXT 32

/* The shortest decimal that reads back as @value: "0.1", "1e-05", "-inf", "nan". Returns @text. */
const char *telar_real_to_text (double value, char text[TELAR_REAL_TEXT]);

/* Appends @json on one line without blanks, object members in their own order, reals (which must
 * be finite) in the shortest form and recognisable as reals. */
void telar_json_append (GString *text, const json_t *json);
/* Caller frees. */
char *telar_json_to_text (const json_t *json);

G_END_DECLS
