/* The text form: what is printed reads back as the same bytes, and what is wrong is refused with
 * its line. */
#include "engine/ir.h"

#include <math.h>
#include <string.h>

static void
assert_same_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = telar_program_from_text (text, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_true (telar_program_verify (program, &error));
  again = telar_program_to_text (program, TRUE);
  g_assert_cmpstr (again, ==, text);
}

/* One of everything that the form can say. */
static void
test_everything (void)
{
  assert_same_text (
      "program train {\n"
      "  state @dense1.kernel : f32[784,512] trainable decay init=he_uniform(784)\n"
      "  state @dense1.kernel/m : f32[784,512] init=zeros\n"
      "  state @a : f32[] init=constant(-0.5)\n"
      "  state @b : f64[2] trainable init=uniform(0.1)\n"
      "  state @c : f32[2] init=normal(0.02)\n"
      "  state @d : f32[2] init=he_normal(3)\n"
      "  state @e : f32[2] init=glorot_uniform(3, 4)\n"
      "  state @f : f32[2] init=glorot_normal(3, 4)\n"
      "  state @g : f32[2] trainable=0.5 decay=2 init=lecun_uniform(7)\n"
      "  state @h.mean : f32[784] init=fit_mean fit=%0\n"
      "  state @\"i j\\\"\\\\\\x0a\" : f32[784] init=fit_deviation fit=%0\n"
      "  %0 = input {name=\"digits.images\", dtype=f32, shape=[N,784]} : f32[N,784]  !digits\n"
      "  %1 = state {name=\"dense1.kernel\"} : f32[784,512]\n"
      "  %2 = matmul %0, %1 {trans_b=0, activation=none} : f32[N,512]  !dense1\n"
      "  %3 = fill {fill=-inf, dtype=f32, shape=[]} : f32[]\n"
      "  %4 = reshape %2 {shape=[512N]} : f32[512N]  !\"a node\"\n"
      "  %5 = constant {value=dense(-9223372036854775808, 9223372036854775807)} : i64[2]\n"
      "  %6 = constant {value=dense()} : f32[0,3]\n"
      "  %7 = constant {value=dense(nan, inf, -inf, -0, 0.1, 3.4028235e+38, 1e-45)} : f32[7]\n"
      "  %8 = constant {value=dense(1, 0)} : bool[2]\n"
      "  %9 = constant {value=dense(0.1, 65504)} : f16[2]\n"
      "  %10 = constant {value=dense(0.1, 5e-324, 1.7976931348623157e+308)} : f64[3]\n"
      "  %11, %12 = fused %2, %3 : f32[N,512], bool[N,512]  !dense1 {\n"
      "    %0 = input {name=\"0\", dtype=f32, shape=[N,512]} : f32[N,512]\n"
      "    %1 = input {name=\"1\", dtype=f32, shape=[]} : f32[]\n"
      "    %2 = maximum %0, %1 : f32[N,512]\n"
      "    %3 = less %0, %1 : bool[N,512]\n"
      "    output result \"0\" = %2\n"
      "    output result \"1\" = %3\n"
      "  }\n"
      "  %13 = mean %11 {axes=[0,1]} : f32[]\n"
      "  %14 = fill {fill=1, dtype=f64, shape=[2]} : f64[2]\n"
      "  output loss \"loss\" = %13\n"
      "  output metric \"accuracy \\\"top 1\\\"\" mean = %14\n"
      "  output probe \"grad:dense1.kernel\" = %1\n"
      "  output result \"\" = %2\n"
      "  update @dense1.kernel = %1\n"
      "}\n");
}

/* Every float16 and a sample of float32 and float64 come back with the same bits. */
static void
test_reals (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("reals");
  g_autoptr (TelarProgram) program = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  TelarShape half_shape = telar_shape (65536), shape = telar_shape (4096);
  g_autoptr (TelarTensor) half = telar_tensor_new (TELAR_F16, &half_shape);
  g_autoptr (TelarTensor) brain = telar_tensor_new (TELAR_BF16, &half_shape);
  g_autoptr (TelarTensor) single = telar_tensor_new (TELAR_F32, &shape);
  g_autoptr (TelarTensor) wide = telar_tensor_new (TELAR_F64, &shape);
  TelarTensor *tensors[] = { half, brain, single, wide };

  for (guint i = 0; i < 65536; i++) {
    /* NaN is one in text, so it stands only once here */
    ((guint16 *)half->data)[i] = isnan (telar_f16_to_f32 ((guint16)i)) ? 0x7e00 : (guint16)i;
    ((guint16 *)brain->data)[i] = isnan (telar_bf16_to_f32 ((guint16)i)) ? 0x7fc0 : (guint16)i;
  }
  for (guint i = 0; i < 4096; i++) {
    guint32 bits = i * 1048573u;
    guint64 wide_bits = i * 4503599627370449ull;
    float f;
    double d;

    memcpy (&f, &bits, sizeof f);
    memcpy (&d, &wide_bits, sizeof d);
    ((float *)single->data)[i] = isnan (f) ? 1.5f : f;
    ((double *)wide->data)[i] = isnan (d) ? 1.5 : d;
  }
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    telar_build_constant (b, tensors[i]);
  program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  text = telar_program_to_text (program, TRUE);
  again = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++) {
    const TelarAttr *value = telar_instr_attr (telar_program_instr (again, i), TELAR_ATTR_VALUE);

    g_assert_true (telar_tensor_equal (tensors[i], value->tensor));
  }
}

/* A large constant prints as a hash that tells contents apart, and cannot be read back. */
static void
test_hash (void)
{
  char *texts[3];

  for (guint i = 0; i < 3; i++) {
    g_autoptr (TelarBuilder) b = telar_builder_new ("hash");
    g_autoptr (TelarProgram) program = NULL;
    g_autoptr (GError) error = NULL;
    TelarShape shape = telar_shape (17);
    g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);

    telar_tensor_set (tensor, 3, i == 2 ? 2 : 1);
    telar_build_constant (b, tensor);
    program = telar_builder_finish (b, &error);
    g_assert_no_error (error);
    texts[i] = telar_program_to_text (program, FALSE);
    g_assert_null (telar_program_from_text (texts[i], &error));
    g_assert_cmpstr (error->message, ==,
                     "line 2: this text leaves out the constant's elements; "
                     "print the whole program");
  }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpstr (texts[0], !=, texts[2]);
  for (guint i = 0; i < 3; i++)
    g_free (texts[i]);
}

/* Blanks and line ends do not matter; the order of attributes does not either. */
static void
test_freedom (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = telar_program_from_text (
      "\n program\tp{%0=input{shape=[ N , 3 ],dtype=f32,\n name=\"x\"}:f32[N,3]\n"
      "output result\"y\"=%0}\n\n",
      &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = telar_program_to_text (program, FALSE);
  g_assert_cmpstr (text, ==,
                   "program p {\n"
                   "  %0 = input {name=\"x\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
                   "  output result \"y\" = %0\n"
                   "}\n");
}

#define X "%0 = input {name=\"x\", dtype=f32, shape=[N,3]} : f32[N,3]\n"

static const struct {
  const char *text, *message;
} bad[] = {
  { "", "line 1: \"program\" must come here, not the end of the text" },
  { "graph g {\n}", "line 1: \"program\" must come here, not graph" },
  { "program {\n}", "line 1: a name must come here, not {" },
  { "program p {\n", "line 2: \"}\" must come here, not the end of the text" },
  { "program p {\n}\nx", "line 3: something comes after the end of the program" },
  { "program p {\n" X "%2 = exp %0 : f32[N,3]\n}", "line 3: %1 must come here, not %2" },
  { "program p {\n" X "%1 = expo %0 : f32[N,3]\n}", "line 3: there is no primitive \"expo\"" },
  { "program p {\n" X "%1 = exp %1 : f32[N,3]\n}", "line 3: exp: there is no value %1 yet" },
  { "program p {\n" X "%1 = exp %0 : f32[N,4]\n}", "line 3: exp gives f32[N,3], not f32[N,4]" },
  { "program p {\n" X "%1, %2 = exp %0 : f32[N,3], f32[N,3]\n}",
    "line 3: exp gives 1 result, not 2" },
  { "program p {\n" X "%1 = exp %0\n}", "line 4: \":\" must come here, not }" },
  { "program p {\n" X "%1 = exp %0 : f31[N,3]\n}", "line 3: there is no element type \"f31\"" },
  { "program p {\n" X "%1 = exp %0 : f32[N,x]\n}",
    "line 3: the shape must be numbers, N or multiples such as 28N, at most 8" },
  { "program p {\n" X "%1 = sum %0 {axis=} : f32[N,3]\n}",
    "line 3: a whole number must come here, not }" },
  { "program p {\n" X "%1 = sum %0 {axes=[0} : f32[N,3]\n}",
    "line 3: \"]\" must come here, not }" },
  { "program p {\n" X "%1 = sum %0 {axes=[0], axes=[1]} : f32[N,3]\n}",
    "line 3: the attribute \"axes\" comes twice" },
  { "program p {\n" X "%1 = sum %0 {color=[0]} : f32[N,3]\n}",
    "line 3: there is no attribute \"color\"" },
  { "program p {\n" X "%1 = sum %0 {axes=[99999999999999999999]} : f32[N,3]\n}",
    "line 3: the number is too large" },
  { "program p {\n" X "%1 = reshape %0 {shape=[-3N]} : f32[3N]\n}",
    "line 3: a multiple of the batch must be positive" },
  { "program p {\n" X "%1 = sum %0 {axes=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} : f32[]\n}",
    "line 3: more than 16 numbers in a list" },
  { "program p {\n" X "%1 = cast %0 {dtype=int} : f32[N,3]\n}",
    "line 3: there is no element type \"int\"" },
  { "program p {\n" X "%1 = matmul %0, %0 {activation=gelu} : f32[N,3]\n}",
    "line 3: there is no primitive \"gelu\"" },
  { "program p {\n%0 = input {name=\"x", "line 2: the quoted text does not end" },
  { "program p {\n%0 = input {name=\"\\y\"}", "line 2: after a backslash comes \", \\ or xNN" },
  { "program p {\n%0 = input {name=\"\\x00\"}", "line 2: after a backslash comes \", \\ or xNN" },
  { "program p {\n%0 = input {name=x}", "line 2: a quoted text must come here, not x}" },
  { "program p {\n%0 = constant {value=dense(1, 2)} : f32[3]\n}",
    "line 2: 2 elements do not make a constant of f32[3]" },
  { "program p {\n%0 = constant {value=dense(1)} : f32[N]\n}",
    "line 2: 1 elements do not make a constant of f32[N]" },
  { "program p {\n%0 = constant {value=dense(1 2, 3)} : f32[2]\n}",
    "line 2: \",\" must come here, not 2," },
  { "program p {\n%0 = constant {value=dense(1, x)} : f32[2]\n}",
    "line 2: a number must come here, not x)}" },
  { "program p {\n%0 = constant {value=dense(1, 2", "line 2: \")\" must come here, not the end of "
                                                    "the text" },
  { "program p {\n%0 = constant {value=sparse(1)} : f32[1]\n}",
    "line 2: \"dense\" must come here, not sparse(1)}" },
  { "program p {\nstate @s f32[]\n}", "line 2: \":\" must come here, not f32[]" },
  { "program p {\nstate @s : f32[N] init=zeros\n}",
    "line 2: the state \"s\" cannot grow with the batch: f32[N]" },
  { "program p {\nstate @s : f32[] init=ones\n}", "line 2: there is no beginning \"ones\"" },
  { "program p {\nstate @s : f32[] init=constant\n}", "line 3: \"(\" must come here, not }" },
  { "program p {\nstate @s : f32[] init=zeros\nstate @s : f32[] init=zeros\n}",
    "line 3: the state \"s\" is declared twice" },
  { "program p {\nstate @s : f32[] init=fit_mean fit=%7\n" X "}",
    "line 4: the state \"s\" is fitted to %7, which does not exist" },
  { "program p {\n" X "output best \"y\" = %0\n}",
    "line 3: an output is result, loss, metric or probe, not \"best\"" },
  { "program p {\n" X "output loss \"y\" = %9\n}",
    "line 3: the output \"y\" is %9, which does not exist" },
  { "program p {\n" X "output loss \"y\" = %-1\n}", "line 3: there is no value %-1" },
  { "program p {\n" X "update @s = %0\n}",
    "line 3: update of \"s\" with %0: the state is not declared" },
  { "program p {\n" X "%1 = fused %0 : f32[N,3] {\n%0 = input {name=\"0\", dtype=f32, "
    "shape=[N,3]} : f32[N,3]\n%1 = expo %0 : f32[N,3]\n}\n}",
    "line 5: there is no primitive \"expo\"" },
  { "program p {\n" X "%1 = fused %0 {axis=1} : f32[N,3] {\n}\n}",
    "line 3: a region has no attributes" },
  { "program p {\n" X "%1 = fused %0 : f32[] {\n" X "%1 = fused %0 : f32[] {\n" X
    "%1 = fused %0 : f32[] {\n" X "%1 = fused %0 : f32[] {\n" X "%1 = fused %0 : f32[] {\n",
    "line 11: regions nest too deeply" },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (telar_program_from_text (bad[i].text, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, bad[i].message);
  }
}

/* A text that is cut anywhere is refused, and never more than that. */
static void
test_truncated (void)
{
  const char *text = "program p {\n"
                     "  state @s : f32[2] trainable init=normal(0.1)\n"
                     "  %0 = state {name=\"s\"} : f32[2]\n"
                     "  %1 = constant {value=dense(1, 2)} : f32[2]\n"
                     "  %2 = add %0, %1 : f32[2]  !node\n"
                     "  output loss \"l\" = %2\n"
                     "  update @s = %2\n"
                     "}";

  assert_same_text ("program p {\n}\n");
  for (gsize n = 0; n < strlen (text); n++) {
    g_autofree char *cut = g_strndup (text, n);
    g_autoptr (GError) error = NULL;

    g_assert_null (telar_program_from_text (cut, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ir-text/everything", test_everything);
  g_test_add_func ("/ir-text/reals", test_reals);
  g_test_add_func ("/ir-text/hash", test_hash);
  g_test_add_func ("/ir-text/freedom", test_freedom);
  g_test_add_func ("/ir-text/errors", test_errors);
  g_test_add_func ("/ir-text/truncated", test_truncated);
  return g_test_run ();
}
