/* The text form of a program, the reading side. Everything goes through the builder, so what was
 * read is as well typed as what was built; the types in the text must be those the rules give. */
#include "engine/ir-lex.h"

/* Regions within regions; the text could nest deeper than the stack otherwise. */
#define MAX_DEPTH 4

typedef struct {
  TelarLexer lexer;
  TelarBuilder *b;
  guint depth;
} Parser;

static gboolean parse_content (TelarLexer *lexer, TelarBuilder *b, guint depth);

/* What the builder refused becomes an error of this line. */
static gboolean
check_builder (Parser *p, guint line)
{
  g_autoptr (GError) error = telar_builder_take_error (p->b);

  if (!error)
    return TRUE;
  p->lexer.line = line;
  return telar_lexer_fail (&p->lexer, "%s", error->message);
}

/* --- states --------------------------------------------------------------------------------- */

static gboolean
parse_init (Parser *p, TelarInit *init)
{
  TelarLexer *lexer = &p->lexer;
  g_autofree char *name = NULL;

  if (!telar_lexer_name (lexer, &name))
    return FALSE;
  for (init->kind = 0; init->kind < TELAR_N_INITS; init->kind++)
    if (g_str_equal (telar_init_name (init->kind), name))
      break;
  switch (init->kind) {
  case TELAR_INIT_CONSTANT:
  case TELAR_INIT_UNIFORM:
  case TELAR_INIT_NORMAL:
    return telar_lexer_expect (lexer, "(") && telar_lexer_real (lexer, &init->scale) &&
           telar_lexer_expect (lexer, ")");
  case TELAR_INIT_HE_UNIFORM:
  case TELAR_INIT_HE_NORMAL:
  case TELAR_INIT_LECUN_UNIFORM:
    return telar_lexer_expect (lexer, "(") && telar_lexer_integer (lexer, &init->fan_in) &&
           telar_lexer_expect (lexer, ")");
  case TELAR_INIT_GLOROT_UNIFORM:
  case TELAR_INIT_GLOROT_NORMAL:
    return telar_lexer_expect (lexer, "(") && telar_lexer_integer (lexer, &init->fan_in) &&
           telar_lexer_expect (lexer, ",") && telar_lexer_integer (lexer, &init->fan_out) &&
           telar_lexer_expect (lexer, ")");
  case TELAR_N_INITS:
    return telar_lexer_fail (lexer, "there is no beginning \"%s\"", name);
  default:
    return TRUE;
  }
}

/* "decay" or, with a factor, "decay=0.5"; or nothing. */
static gboolean
parse_flag (TelarLexer *lexer, const char *name, gboolean *flag, double *factor)
{
  *flag = telar_lexer_accept (lexer, name);
  return !*flag || !telar_lexer_accept (lexer, "=") || telar_lexer_real (lexer, factor);
}

/* The value a state is fitted to may come later in the text; @fits holds it until then. */
static gboolean
parse_state (Parser *p, GArray *fits)
{
  TelarLexer *lexer = &p->lexer;
  TelarState state = { .fit = TELAR_NO_VALUE };
  g_autofree char *name = NULL;
  TelarValue fit = TELAR_NO_VALUE;
  guint line;

  if (!telar_lexer_expect (lexer, "@") || !telar_lexer_name (lexer, &name) ||
      !telar_lexer_expect (lexer, ":") || !telar_lexer_type (lexer, &state.type))
    return FALSE;
  line = lexer->line;
  state.name = name;
  if (!parse_flag (lexer, "trainable", &state.trainable, &state.rate_factor) ||
      !parse_flag (lexer, "decay", &state.decay, &state.decay_factor) ||
      !telar_lexer_expect (lexer, "init") || !telar_lexer_expect (lexer, "=") ||
      !parse_init (p, &state.init))
    return FALSE;
  if (telar_lexer_accept (lexer, "fit") &&
      (!telar_lexer_expect (lexer, "=") || !telar_lexer_value (lexer, &fit)))
    return FALSE;
  g_array_append_val (fits, fit);
  telar_build_declare_state (p->b, &state);
  return check_builder (p, line);
}

static gboolean
set_fits (Parser *p, const GArray *fits)
{
  for (guint i = 0; i < fits->len; i++)
    telar_build_set_fit (p->b, telar_program_state (telar_builder_program (p->b), i)->name,
                         g_array_index (fits, TelarValue, i));
  return check_builder (p, p->lexer.line);
}

/* --- instructions --------------------------------------------------------------------------- */

typedef struct {
  TelarPrim prim;
  GArray *results; /* TelarType; their handles are the next ones */
  GArray *inputs;  /* TelarValue */
  TelarAttrReader attrs;
  char *origin;
  TelarProgram *body;
  guint line;
} InstrText;

static void
instr_text_init (InstrText *text)
{
  *text = (InstrText){ .results = g_array_new (FALSE, FALSE, sizeof (TelarType)),
                       .inputs = g_array_new (FALSE, FALSE, sizeof (TelarValue)) };
  telar_attr_reader_init (&text->attrs);
}

static void
instr_text_clear (InstrText *text)
{
  g_array_unref (text->results);
  g_array_unref (text->inputs);
  telar_attr_reader_clear (&text->attrs);
  g_free (text->origin);
  g_clear_pointer (&text->body, telar_program_unref);
}

/* "%3, %4 =": values are numbered in order. */
static gboolean
parse_results (Parser *p, guint *n)
{
  TelarValue next = telar_program_n_values (telar_builder_program (p->b)), value;

  *n = 0;
  do {
    if (!telar_lexer_value (&p->lexer, &value))
      return FALSE;
    if (value != next + *n)
      return telar_lexer_fail (&p->lexer, "%%%u must come here, not %%%u", next + *n, value);
    (*n)++;
  } while (telar_lexer_accept (&p->lexer, ","));
  return telar_lexer_expect (&p->lexer, "=");
}

static gboolean
parse_prim (Parser *p, InstrText *text)
{
  g_autofree char *name = NULL;
  TelarValue value;

  if (!telar_lexer_name (&p->lexer, &name))
    return FALSE;
  text->line = p->lexer.line;
  text->prim = telar_prim_from_name (name);
  if (text->prim == TELAR_PRIM_NONE)
    return telar_lexer_fail (&p->lexer, "there is no primitive \"%s\"", name);
  telar_lexer_skip_blanks (&p->lexer);
  if (*p->lexer.at != '%')
    return TRUE;
  do {
    if (!telar_lexer_value (&p->lexer, &value))
      return FALSE;
    g_array_append_val (text->inputs, value);
  } while (telar_lexer_accept (&p->lexer, ","));
  return TRUE;
}

static gboolean
parse_types (Parser *p, InstrText *text, guint n)
{
  TelarType type;

  if (!telar_lexer_expect (&p->lexer, ":"))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if ((i > 0 && !telar_lexer_expect (&p->lexer, ",")) || !telar_lexer_type (&p->lexer, &type))
      return FALSE;
    g_array_append_val (text->results, type);
  }
  return TRUE;
}

static gboolean
parse_body (Parser *p, InstrText *text)
{
  g_autoptr (TelarBuilder) b = NULL;

  if (!telar_lexer_accept (&p->lexer, "{"))
    return p->lexer.error == NULL;
  if (p->depth == MAX_DEPTH)
    return telar_lexer_fail (&p->lexer, "regions nest too deeply");
  b = telar_builder_new ("body");
  if (!parse_content (&p->lexer, b, p->depth + 1))
    return FALSE;
  text->body = telar_builder_finish (b, &p->lexer.error);
  return text->body != NULL;
}

/* The results against what the text says of them. */
static gboolean
check_said_types (Parser *p, const InstrText *text, TelarValue first)
{
  const char *name = telar_prim_info (text->prim)->name;
  guint given = telar_program_n_values (telar_builder_program (p->b)) - first;

  if (given != text->results->len)
    telar_builder_fail (p->b, "%s gives %u result%s, not %u", name, given, given == 1 ? "" : "s",
                        text->results->len);
  for (guint i = 0; i < MIN (given, text->results->len); i++) {
    const TelarType *have = telar_builder_type (p->b, first + i);
    const TelarType *said = &g_array_index (text->results, TelarType, i);

    if (!telar_type_equal (have, said)) {
      g_autofree char *a = telar_type_to_string (have), *b = telar_type_to_string (said);

      telar_builder_fail (p->b, "%s gives %s, not %s", name, a, b);
    }
  }
  return check_builder (p, text->line);
}

static gboolean
build_instr (Parser *p, InstrText *text)
{
  const TelarValue *inputs = (const TelarValue *)(gpointer)text->inputs->data;
  const TelarAttr *attrs = (const TelarAttr *)(gpointer)text->attrs.attrs->data;
  guint n_inputs = text->inputs->len, n_attrs = text->attrs.attrs->len;
  TelarValue first;

  if (text->body && n_attrs > 0)
    telar_builder_fail (p->b, "a region has no attributes");
  telar_builder_set_origin (p->b, text->origin);
  if (text->body)
    first = telar_build_region (p->b, text->prim, inputs, n_inputs, text->body);
  else
    first = telar_build (p->b, text->prim, inputs, n_inputs, attrs, n_attrs);
  if (!check_builder (p, text->line))
    return FALSE;
  telar_builder_set_origin (p->b, NULL);
  return check_said_types (p, text, first);
}

static gboolean
parse_instr (Parser *p)
{
  InstrText text;
  guint n;
  gboolean ok;

  instr_text_init (&text);
  ok = parse_results (p, &n) && parse_prim (p, &text) &&
       telar_attr_reader_read (&text.attrs, &p->lexer) && parse_types (p, &text, n) &&
       telar_attr_reader_make_tensor (&text.attrs, &p->lexer,
                                      &g_array_index (text.results, TelarType, 0));
  if (ok && telar_lexer_accept (&p->lexer, "!"))
    ok = telar_lexer_name (&p->lexer, &text.origin);
  ok = ok && parse_body (p, &text) && build_instr (p, &text);
  instr_text_clear (&text);
  return ok;
}

/* --- results -------------------------------------------------------------------------------- */

static gboolean
parse_output (Parser *p)
{
  TelarLexer *lexer = &p->lexer;
  g_autofree char *word = NULL, *name = NULL, *kind = NULL;
  TelarOutputRole role = 0;
  TelarValue value;

  if (!telar_lexer_name (lexer, &word))
    return FALSE;
  while (role < TELAR_N_OUTPUT_ROLES && !g_str_equal (telar_output_role_name (role), word))
    role++;
  if (role == TELAR_N_OUTPUT_ROLES)
    return telar_lexer_fail (lexer, "an output is result, loss, metric or probe, not \"%s\"", word);
  if (!telar_lexer_quoted (lexer, &name) ||
      (role == TELAR_OUTPUT_METRIC && !telar_lexer_name (lexer, &kind)) ||
      !telar_lexer_expect (lexer, "=") || !telar_lexer_value (lexer, &value))
    return FALSE;
  if (role == TELAR_OUTPUT_METRIC)
    telar_build_metric (p->b, name, kind, value);
  else
    telar_build_output (p->b, role, name, value);
  return check_builder (p, lexer->line);
}

static gboolean
parse_update (Parser *p)
{
  g_autofree char *name = NULL;
  TelarValue value;

  if (!telar_lexer_expect (&p->lexer, "@") || !telar_lexer_name (&p->lexer, &name) ||
      !telar_lexer_expect (&p->lexer, "=") || !telar_lexer_value (&p->lexer, &value))
    return FALSE;
  telar_build_update (p->b, name, value);
  return check_builder (p, p->lexer.line);
}

/* --- the program ---------------------------------------------------------------------------- */

/* States, instructions, outputs, updates, in this order, and the closing brace. */
static gboolean
parse_statements (Parser *p)
{
  g_autoptr (GArray) fits = g_array_new (FALSE, FALSE, sizeof (TelarValue));

  while (telar_lexer_accept (&p->lexer, "state"))
    if (!parse_state (p, fits))
      return FALSE;
  for (;;) {
    telar_lexer_skip_blanks (&p->lexer);
    if (*p->lexer.at != '%')
      break;
    if (!parse_instr (p))
      return FALSE;
  }
  if (!set_fits (p, fits))
    return FALSE;
  while (telar_lexer_accept (&p->lexer, "output"))
    if (!parse_output (p))
      return FALSE;
  while (telar_lexer_accept (&p->lexer, "update"))
    if (!parse_update (p))
      return FALSE;
  return telar_lexer_expect (&p->lexer, "}");
}

static gboolean
parse_content (TelarLexer *lexer, TelarBuilder *b, guint depth)
{
  Parser parser = { .lexer = *lexer, .b = b, .depth = depth };
  gboolean ok = parse_statements (&parser);

  *lexer = parser.lexer;
  return ok;
}

TelarProgram *
telar_program_from_text (const char *text, GError **error)
{
  TelarLexer lexer = { .at = text, .line = 1 };
  g_autoptr (TelarBuilder) b = NULL;
  g_autofree char *name = NULL;
  gboolean ok = telar_lexer_expect (&lexer, "program") && telar_lexer_name (&lexer, &name) &&
                telar_lexer_expect (&lexer, "{");

  b = telar_builder_new (name);
  ok = ok && parse_content (&lexer, b, 0);
  telar_lexer_skip_blanks (&lexer);
  if (ok && *lexer.at)
    ok = telar_lexer_fail (&lexer, "something comes after the end of the program");
  if (ok)
    return telar_builder_finish (b, error);
  g_propagate_error (error, lexer.error);
  return NULL;
}
