/* The text form of a program, the writing side; ir-parse.c reads what is written here, byte for
 * byte. */
#include "engine/ir.h"
#include "engine/text.h"

#include <math.h>
#include <string.h>

/* Larger constants appear as a hash unless all is wanted. */
#define INLINE_ELEMENTS 16

/* --- words ---------------------------------------------------------------------------------- */

static gboolean
is_plain (const char *text)
{
  if (*text == '\0')
    return FALSE;
  for (; *text; text++)
    if (!g_ascii_isalnum (*text) && !strchr ("_./:-", *text))
      return FALSE;
  return TRUE;
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (out, "\\%c", *text);
    else if ((guchar)*text < 0x20 || *text == 0x7f)
      g_string_append_printf (out, "\\x%02x", (guint)(guchar)*text);
    else
      g_string_append_c (out, *text);
  g_string_append_c (out, '"');
}

/* Bare where it can be read back so. */
static void
append_name (GString *out, const char *text)
{
  if (is_plain (text))
    g_string_append (out, text);
  else
    append_quoted (out, text);
}

static void
append_real (GString *out, double value)
{
  char text[TELAR_REAL_TEXT];

  g_string_append (out, isnan (value) ? "nan" : telar_real_to_text (value, text));
}

static void
append_dim (GString *out, gint64 dim)
{
  if (dim >= 0)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, dim);
  else if (dim == TELAR_DIM_BATCH)
    g_string_append_c (out, 'N');
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT "N", -dim);
}

static void
append_type (GString *out, const TelarType *type)
{
  g_autofree char *text = telar_type_to_string (type);

  g_string_append (out, text);
}

/* --- tensors -------------------------------------------------------------------------------- */

static gboolean
reads_back (TelarDType dtype, const char *text, double value)
{
  guint64 element = 0;

  telar_element_set (dtype, &element, 0, g_ascii_strtod (text, NULL));
  return telar_element_get (dtype, &element, 0) == value;
}

/* The shortest decimal that gives the element back in its own type: "100", not "1e+02". */
static void
append_element (GString *out, const TelarTensor *tensor, gsize i)
{
  TelarDType dtype = tensor->type.dtype;
  double value = telar_tensor_get (tensor, i);
  char text[TELAR_REAL_TEXT], best[TELAR_REAL_TEXT] = "";

  if (dtype == TELAR_I64) {
    g_string_append_printf (out, "%" G_GINT64_FORMAT, ((const gint64 *)tensor->data)[i]);
    return;
  }
  if (isnan (value)) {
    g_string_append (out, "nan");
    return;
  }
  for (int digits = 1; digits <= (dtype == TELAR_F64 ? 17 : 10); digits++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, value);
    if (reads_back (dtype, text, value) && (!*best || strlen (text) < strlen (best)))
      memcpy (best, text, sizeof best);
  }
  g_string_append (out, best);
}

static void
append_tensor (GString *out, const TelarTensor *tensor, gboolean full)
{
  gsize n = telar_tensor_elements (tensor);

  if (n > INLINE_ELEMENTS && !full) {
    g_autofree char *hash =
        g_compute_checksum_for_data (G_CHECKSUM_SHA256, tensor->data, tensor->bytes);

    g_string_append_printf (out, "dense(#%.16s)", hash);
    return;
  }
  g_string_append (out, "dense(");
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (out, ", ");
    append_element (out, tensor, i);
  }
  g_string_append_c (out, ')');
}

/* --- instructions --------------------------------------------------------------------------- */

static void
append_ints (GString *out, const TelarAttr *attr)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < attr->n; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    if (attr->key == TELAR_ATTR_SHAPE)
      append_dim (out, attr->ints[i]);
    else
      g_string_append_printf (out, "%" G_GINT64_FORMAT, attr->ints[i]);
  }
  g_string_append_c (out, ']');
}

static void
append_attr (GString *out, const TelarAttr *attr, gboolean full)
{
  g_string_append_printf (out, "%s=", telar_attr_name (attr->key));
  switch (telar_attr_kind (attr->key)) {
  case TELAR_ATTR_KIND_INT:
    append_dim (out, attr->integer);
    break;
  case TELAR_ATTR_KIND_INTS:
    append_ints (out, attr);
    break;
  case TELAR_ATTR_KIND_REAL:
    append_real (out, attr->real);
    break;
  case TELAR_ATTR_KIND_STRING:
    append_quoted (out, attr->string);
    break;
  case TELAR_ATTR_KIND_TENSOR:
    append_tensor (out, attr->tensor, full);
    break;
  case TELAR_ATTR_KIND_DTYPE:
    g_string_append (out, telar_dtype_name ((TelarDType)attr->integer));
    break;
  case TELAR_ATTR_KIND_PRIM:
    g_string_append (out, attr->integer == TELAR_PRIM_NONE
                              ? "none"
                              : telar_prim_info ((TelarPrim)attr->integer)->name);
    break;
  }
}

static void append_content (GString *out, const TelarProgram *program, int indent, gboolean full);

static void
append_values (GString *out, const TelarValue *values, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%%%u", i > 0 ? ", " : "", values[i]);
}

static void
append_instr (GString *out, const TelarProgram *program, const TelarInstr *instr, int indent,
              gboolean full)
{
  g_string_append_printf (out, "%*s", indent, "");
  append_values (out, instr->outputs, instr->n_outputs);
  g_string_append_printf (out, " = %s%s", telar_prim_info (instr->prim)->name,
                          instr->n_inputs > 0 ? " " : "");
  append_values (out, instr->inputs, instr->n_inputs);
  for (guint i = 0; i < instr->n_attrs; i++) {
    g_string_append (out, i == 0 ? " {" : ", ");
    append_attr (out, &instr->attrs[i], full);
  }
  g_string_append (out, instr->n_attrs > 0 ? "} : " : " : ");
  for (guint i = 0; i < instr->n_outputs; i++) {
    if (i > 0)
      g_string_append (out, ", ");
    append_type (out, telar_program_type (program, instr->outputs[i]));
  }
  if (instr->origin) {
    g_string_append (out, "  !");
    append_name (out, instr->origin);
  }
  if (instr->body) {
    g_string_append (out, " {\n");
    append_content (out, instr->body, indent + 2, full);
    g_string_append_printf (out, "%*s}", indent, "");
  }
  g_string_append_c (out, '\n');
}

/* --- states and results --------------------------------------------------------------------- */

static void
append_init (GString *out, const TelarInit *init)
{
  g_string_append_printf (out, " init=%s", telar_init_name (init->kind));
  switch (init->kind) {
  case TELAR_INIT_CONSTANT:
  case TELAR_INIT_UNIFORM:
  case TELAR_INIT_NORMAL:
    g_string_append_c (out, '(');
    append_real (out, init->scale);
    g_string_append_c (out, ')');
    break;
  case TELAR_INIT_HE_UNIFORM:
  case TELAR_INIT_HE_NORMAL:
  case TELAR_INIT_LECUN_UNIFORM:
    g_string_append_printf (out, "(%" G_GINT64_FORMAT ")", init->fan_in);
    break;
  case TELAR_INIT_GLOROT_UNIFORM:
  case TELAR_INIT_GLOROT_NORMAL:
    g_string_append_printf (out, "(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")", init->fan_in,
                            init->fan_out);
    break;
  default:
    break;
  }
}

/* " decay", or " decay=0.5" with a factor. */
static void
append_flag (GString *out, const char *name, double factor)
{
  g_string_append_printf (out, " %s", name);
  if (factor != 0) {
    g_string_append_c (out, '=');
    append_real (out, factor);
  }
}

static void
append_state (GString *out, const TelarState *state, int indent)
{
  g_string_append_printf (out, "%*sstate @", indent, "");
  append_name (out, state->name);
  g_string_append (out, " : ");
  append_type (out, &state->type);
  if (state->trainable)
    append_flag (out, "trainable", state->rate_factor);
  if (state->decay)
    append_flag (out, "decay", state->decay_factor);
  append_init (out, &state->init);
  if (state->fit != TELAR_NO_VALUE)
    g_string_append_printf (out, " fit=%%%u", state->fit);
  g_string_append_c (out, '\n');
}

static void
append_content (GString *out, const TelarProgram *program, int indent, gboolean full)
{
  for (guint i = 0; i < telar_program_n_states (program); i++)
    append_state (out, telar_program_state (program, i), indent);
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    append_instr (out, program, telar_program_instr (program, i), indent, full);
  for (guint i = 0; i < telar_program_n_outputs (program); i++) {
    const TelarOutput *output = telar_program_output (program, i);

    g_string_append_printf (out, "%*soutput %s ", indent, "",
                            telar_output_role_name (output->role));
    append_quoted (out, output->name);
    if (output->kind)
      g_string_append_printf (out, " %s", output->kind);
    g_string_append_printf (out, " = %%%u\n", output->value);
  }
  for (guint i = 0; i < telar_program_n_updates (program); i++) {
    const TelarUpdate *update = telar_program_update (program, i);

    g_string_append_printf (out, "%*supdate @", indent, "");
    append_name (out, update->state);
    g_string_append_printf (out, " = %%%u\n", update->value);
  }
}

char *
telar_program_to_text (const TelarProgram *program, gboolean full)
{
  GString *out = g_string_new ("program ");

  append_name (out, telar_program_name (program));
  g_string_append (out, " {\n");
  append_content (out, program, 2, full);
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}
