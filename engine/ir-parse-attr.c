/* Reading the attributes of an instruction from the text form. */
#include "engine/ir-lex.h"

#include <string.h>

void
telar_attr_reader_init (TelarAttrReader *reader)
{
  *reader = (TelarAttrReader){ .attrs = g_array_new (FALSE, FALSE, sizeof (TelarAttr)),
                               .owned = g_ptr_array_new_with_free_func (g_free) };
}

void
telar_attr_reader_clear (TelarAttrReader *reader)
{
  g_array_unref (reader->attrs);
  g_ptr_array_unref (reader->owned);
  g_clear_pointer (&reader->tensor, telar_tensor_unref);
}

static gboolean
read_ints (TelarAttrReader *reader, TelarLexer *lexer, TelarAttr *attr)
{
  gint64 ints[2 * TELAR_MAX_RANK];

  if (!telar_lexer_expect (lexer, "["))
    return FALSE;
  if (!telar_lexer_accept (lexer, "]"))
    do {
      if (attr->n == G_N_ELEMENTS (ints))
        return telar_lexer_fail (lexer, "more than %u numbers in a list", attr->n);
      if (!telar_lexer_dim (lexer, &ints[attr->n++]))
        return FALSE;
    } while (telar_lexer_accept (lexer, ","));
  if (attr->n > 0 && !telar_lexer_expect (lexer, "]"))
    return FALSE;
  attr->ints = g_memdup2 (ints, attr->n * sizeof (gint64));
  g_ptr_array_add (reader->owned, (gpointer)attr->ints);
  return TRUE;
}

/* Remembers where the elements stand and goes past them. */
static gboolean
read_dense (TelarAttrReader *reader, TelarLexer *lexer)
{
  if (!telar_lexer_expect (lexer, "dense") || !telar_lexer_expect (lexer, "("))
    return FALSE;
  if (*lexer->at == '#')
    return telar_lexer_fail (lexer, "this text leaves out the constant's elements; "
                                    "print the whole program");
  reader->dense = (TelarLexer){ .at = lexer->at, .line = lexer->line };
  while (*lexer->at && *lexer->at != ')') {
    if (*lexer->at == '\n')
      lexer->line++;
    lexer->at++;
  }
  return telar_lexer_expect (lexer, ")");
}

static gboolean
read_word (TelarLexer *lexer, TelarAttr *attr)
{
  g_autofree char *word = NULL;
  TelarDType dtype;

  if (!telar_lexer_name (lexer, &word))
    return FALSE;
  if (telar_attr_kind (attr->key) == TELAR_ATTR_KIND_DTYPE) {
    if (!telar_dtype_from_name (word, &dtype))
      return telar_lexer_fail (lexer, "there is no element type \"%s\"", word);
    attr->integer = dtype;
    return TRUE;
  }
  attr->integer = telar_prim_from_name (word);
  if (attr->integer == TELAR_PRIM_NONE && !g_str_equal (word, "none"))
    return telar_lexer_fail (lexer, "there is no primitive \"%s\"", word);
  return TRUE;
}

static gboolean
read_content (TelarAttrReader *reader, TelarLexer *lexer, TelarAttr *attr)
{
  char *text = NULL;

  switch (telar_attr_kind (attr->key)) {
  case TELAR_ATTR_KIND_INT:
    return telar_lexer_dim (lexer, &attr->integer);
  case TELAR_ATTR_KIND_INTS:
    return read_ints (reader, lexer, attr);
  case TELAR_ATTR_KIND_REAL:
    return telar_lexer_real (lexer, &attr->real);
  case TELAR_ATTR_KIND_STRING:
    if (!telar_lexer_quoted (lexer, &text))
      return FALSE;
    g_ptr_array_add (reader->owned, text);
    attr->string = text;
    return TRUE;
  case TELAR_ATTR_KIND_TENSOR:
    return read_dense (reader, lexer);
  case TELAR_ATTR_KIND_DTYPE:
  case TELAR_ATTR_KIND_PRIM:
    return read_word (lexer, attr);
  }
  return FALSE;
}

static gboolean
read_attr (TelarAttrReader *reader, TelarLexer *lexer)
{
  g_autofree char *name = NULL;
  TelarAttr attr = { 0 };

  if (!telar_lexer_name (lexer, &name))
    return FALSE;
  attr.key = telar_attr_from_name (name);
  if (attr.key == TELAR_N_ATTRS)
    return telar_lexer_fail (lexer, "there is no attribute \"%s\"", name);
  for (guint i = 0; i < reader->attrs->len; i++)
    if (g_array_index (reader->attrs, TelarAttr, i).key == attr.key)
      return telar_lexer_fail (lexer, "the attribute \"%s\" comes twice", name);
  if (!telar_lexer_expect (lexer, "=") || !read_content (reader, lexer, &attr))
    return FALSE;
  g_array_append_val (reader->attrs, attr);
  return TRUE;
}

gboolean
telar_attr_reader_read (TelarAttrReader *reader, TelarLexer *lexer)
{
  if (!telar_lexer_accept (lexer, "{"))
    return lexer->error == NULL;
  do
    if (!read_attr (reader, lexer))
      return FALSE;
  while (telar_lexer_accept (lexer, ","));
  return telar_lexer_expect (lexer, "}");
}

/* --- tensors -------------------------------------------------------------------------------- */

static gsize
count_elements (const char *text)
{
  gsize n = 1;

  while (g_ascii_isspace (*text))
    text++;
  if (*text == ')')
    return 0;
  for (; *text != ')'; text++)
    n += *text == ',';
  return n;
}

static gboolean
read_element (TelarLexer *lexer, TelarTensor *tensor, gsize i)
{
  double value;

  if (i > 0 && !telar_lexer_expect (lexer, ","))
    return FALSE;
  if (tensor->type.dtype == TELAR_I64)
    return telar_lexer_integer (lexer, (gint64 *)tensor->data + i);
  if (!telar_lexer_real (lexer, &value))
    return FALSE;
  telar_tensor_set (tensor, i, value);
  return TRUE;
}

gboolean
telar_attr_reader_make_tensor (TelarAttrReader *reader, TelarLexer *lexer, const TelarType *type)
{
  TelarLexer *dense = &reader->dense;
  gsize n;
  gint64 count;

  if (!dense->at)
    return TRUE;
  n = count_elements (dense->at);
  /* The text bounds the memory: so many elements stand in it. */
  if (!telar_shape_is_concrete (&type->shape) || !telar_shape_count (&type->shape, &count) ||
      (gsize)count != n) {
    g_autofree char *text = telar_type_to_string (type);

    return telar_lexer_fail (lexer, "%" G_GSIZE_FORMAT " elements do not make a constant of %s", n,
                             text);
  }
  reader->tensor = telar_tensor_try_new (type->dtype, &type->shape, &lexer->error);
  for (gsize i = 0; reader->tensor && i < n; i++)
    if (!read_element (dense, reader->tensor, i))
      break;
  if (!dense->error && reader->tensor)
    telar_lexer_expect (dense, ")");
  if (dense->error)
    g_propagate_error (&lexer->error, g_steal_pointer (&dense->error));
  if (lexer->error)
    return FALSE;
  for (guint i = 0; i < reader->attrs->len; i++)
    if (g_array_index (reader->attrs, TelarAttr, i).key == TELAR_ATTR_VALUE)
      g_array_index (reader->attrs, TelarAttr, i).tensor = reader->tensor;
  return TRUE;
}
