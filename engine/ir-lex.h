/* Reading the words of the text form; for ir-parse.c and ir-parse-attr.c only. The first error
 * sticks: after it every reader returns FALSE and moves no further. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef struct {
  const char *at; /* the next character */
  guint line;     /* the line it stands in, from 1 */
  GError *error;
} TelarLexer;

/* Sets the error, with the line in front, unless there is one; returns FALSE. */
gboolean telar_lexer_fail (TelarLexer *lexer, const char *format, ...) G_GNUC_PRINTF (2, 3);
void telar_lexer_skip_blanks (TelarLexer *lexer);

/* Takes @text when it comes next: a mark such as "=" or a whole word such as "state". */
gboolean telar_lexer_accept (TelarLexer *lexer, const char *text);
/* The same, and an error when it does not. */
gboolean telar_lexer_expect (TelarLexer *lexer, const char *text);

/* Letters, digits and "_./:-", or a quoted text; @name is allocated. */
gboolean telar_lexer_name (TelarLexer *lexer, char **name);
gboolean telar_lexer_quoted (TelarLexer *lexer, char **text);
gboolean telar_lexer_integer (TelarLexer *lexer, gint64 *value);
gboolean telar_lexer_real (TelarLexer *lexer, double *value);
gboolean telar_lexer_dim (TelarLexer *lexer, gint64 *dim); /* 28, N, 28N, -1 */
gboolean telar_lexer_type (TelarLexer *lexer, TelarType *type);
gboolean telar_lexer_value (TelarLexer *lexer, TelarValue *value); /* %12 */

/* An attribute as the text has it. What it points to is owned by the arrays of the reader. A
 * tensor is kept as its place in the text until its type is known. */
typedef struct {
  GArray *attrs;    /* TelarAttr */
  GPtrArray *owned; /* strings and lists of the attributes */
  TelarLexer dense; /* behind "dense("; at is NULL when there is none */
  TelarTensor *tensor;
} TelarAttrReader;

void telar_attr_reader_init (TelarAttrReader *reader);
void telar_attr_reader_clear (TelarAttrReader *reader);
/* Reads {name=value, …} when a brace comes next. */
gboolean telar_attr_reader_read (TelarAttrReader *reader, TelarLexer *lexer);
/* Makes the tensor, if there is one, of @type. */
gboolean telar_attr_reader_make_tensor (TelarAttrReader *reader, TelarLexer *lexer,
                                        const TelarType *type);

G_END_DECLS
