/* Parameters: text and JSON say the same, limits hold, messages name what is wrong. */
#include "engine/param.h"
#include "engine/text.h"
#include <math.h>

static const char *const colours[] = { "red", "green", NULL };
/* clang-format off */
static const TelarParam table[] = {
  { .name = "filters", .kind = TELAR_PARAM_INT, .fallback = "32", .minimum = 1, .maximum = 4096 },
  { .name = "rate", .kind = TELAR_PARAM_REAL, .fallback = "0.5", .minimum = 0, .maximum = 1 },
  { .name = "bias", .kind = TELAR_PARAM_BOOL, .fallback = "true" },
  { .name = "colour", .kind = TELAR_PARAM_CHOICE, .fallback = "red", .choices = colours },
  { .name = "kernel", .kind = TELAR_PARAM_INTS, .fallback = "3x3", .minimum = 1, .maximum = 64,
    .min_items = 2, .max_items = 2 },
  { .name = "shares", .kind = TELAR_PARAM_REALS, .fallback = "", .minimum = 0, .maximum = 9,
    .max_items = 3 },
  { .name = "note", .kind = TELAR_PARAM_TEXT, .fallback = "" },
  { NULL },
};
/* clang-format on */

static void
test_defaults (void)
{
  g_autoptr (TelarParamSet) set = telar_param_set_new (table);
  guint n;
  g_assert_cmpint (telar_param_set_int (set, "filters"), ==, 32);
  g_assert_cmpfloat (telar_param_set_real (set, "rate"), ==, 0.5);
  g_assert_true (telar_param_set_bool (set, "bias"));
  g_assert_cmpstr (telar_param_set_text (set, "colour"), ==, "red");
  g_assert_cmpstr (telar_param_set_text (set, "note"), ==, "");
  const gint64 *kernel = telar_param_set_ints (set, "kernel", &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (kernel[0], ==, 3);
  g_assert_null (telar_param_set_reals (set, "shares", &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_null (telar_param_set_get (set, "nothing"));

  g_assert_true (telar_param_set_put_text (set, "kernel", "5,7", NULL));
  g_assert_false (telar_param_set_is_default (set, "kernel"));
  g_autoptr (TelarParamSet) copy = telar_param_set_copy (set);
  telar_param_set_reset (set, "kernel");
  g_assert_true (telar_param_set_is_default (set, "kernel"));
  g_assert_cmpint (telar_param_set_ints (copy, "kernel", &n)[1], ==, 7);

  g_assert_true (telar_param_set_put_text (set, "shares", "0.5,2", NULL));
  g_autoptr (TelarParamSet) other = telar_param_set_copy (set);
  telar_param_set_reset (set, "shares");
  g_assert_true (telar_param_set_is_default (set, "shares"));
  g_assert_cmpfloat (telar_param_set_reals (other, "shares", &n)[1], ==, 2);
}

/* The value survives text and JSON. */
static void
test_round_trip (void)
{
  static const char *const cases[][2] = {
    { "filters", "17" },   { "rate", "0.1" },
    { "rate", "1e-05" },   { "bias", "false" },
    { "kernel", "5x7" },   { "note", "ñ \"x\"" },
    { "colour", "green" }, { "rate", "0.3333333333333333" },
    { "shares", "" },      { "shares", "0.1,1e-05,9" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TelarParamSet) set = telar_param_set_new (table);
    g_autoptr (TelarParamSet) other = telar_param_set_new (table);
    g_assert_true (telar_param_set_put_text (set, cases[i][0], cases[i][1], NULL));
    const TelarParamValue *value = telar_param_set_get (set, cases[i][0]);
    g_autofree char *text = telar_param_value_to_text (value);
    g_assert_cmpstr (text, ==, cases[i][1]);
    json_auto_t *json = telar_param_value_to_json (value);
    g_assert_true (telar_param_set_put_json (other, cases[i][0], json, NULL));
    g_assert_true (telar_param_value_equal (value, telar_param_set_get (other, cases[i][0])));
    g_assert_true (telar_param_set_put (other, cases[i][0], value, NULL));
  }
}

static void
test_refused (void)
{
  static const char *const cases[][3] = {
    { "filters", "-3", "filters must be at least 1, not -3" },
    { "filters", "5000", "filters must be at most 4096, not 5000" },
    { "filters", "3.5", "filters must be a whole number, not \"3.5\"" },
    { "filters", "", "filters must be a whole number, not \"\"" },
    { "filters", "99999999999999999999",
      "filters must be a whole number, not \"99999999999999999999\"" },
    { "rate", "nan", "rate must be a finite number, not nan" },
    { "rate", "1.5", "rate must be at most 1, not 1.5" },
    { "rate", "0.5x", "rate must be a number, not \"0.5x\"" },
    { "bias", "yes", "bias must be true or false, not \"yes\"" },
    { "colour", "blue", "colour must be one of red, green, not \"blue\"" },
    { "kernel", "3", "kernel must have 2 numbers, not 1" },
    { "kernel", "3x0", "kernel must be at least 1, not 0" },
    { "kernel", "3x", "kernel must be numbers such as 3x3, not \"3x\"" },
    { "kernel", "1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1", "kernel must have at most 16 numbers" },
    { "shares", "1,-1", "shares must be at least 0, not -1" },
    { "shares", "1,inf", "shares must be a finite number, not inf" },
    { "shares", "1,2,3,4", "shares must have 0 to 3 numbers, not 4" },
    { "shares", "1x2", "shares must be numbers such as 0.5,2, not \"1x2\"" },
    { "shares", "1,", "shares must be numbers such as 0.5,2, not \"1,\"" },
    { "shares", "1, 2", "shares must be numbers such as 0.5,2, not \"1, 2\"" },
    { "size", "1",
      "unknown parameter \"size\"; known are filters, rate, bias, colour, kernel, shares, note" },
  };
  g_autoptr (TelarParamSet) set = telar_param_set_new (table);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (telar_param_set_put_text (set, cases[i][0], cases[i][1], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, cases[i][2]);
  }
  for (const TelarParam *param = table; param->name; param++)
    g_assert_true (telar_param_set_is_default (set, param->name));
}

static void
test_json_refused (void)
{
  static const char *const cases[][2] = {
    { "filters", "1.0" },      { "filters", "\"1\"" },    { "rate", "true" },
    { "bias", "1" },           { "colour", "3" },         { "kernel", "3" },
    { "kernel", "[3,\"3\"]" }, { "kernel", "[3]" },       { "kernel", "[1,2,3]" },
    { "note", "null" },        { "shares", "1" },         { "shares", "[true]" },
    { "shares", "[-1]" },      { "shares", "[1,1,1,1]" },
  };
  g_autoptr (TelarParamSet) set = telar_param_set_new (table);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    json_auto_t *json = json_loads (cases[i][1], JSON_DECODE_ANY, NULL);
    g_assert_nonnull (json);
    g_assert_false (telar_param_set_put_json (set, cases[i][0], json, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, cases[i][0]));
  }
}

static void
test_real_text (void)
{
  static const double values[] = { 0.1, 1.0 / 3.0, 1e300, 5e-324, -0.0, 123456789.0, 0.1 + 0.2 };
  char text[TELAR_REAL_TEXT];
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpfloat (g_ascii_strtod (telar_real_to_text (values[i], text), NULL), ==, values[i]);
  g_assert_cmpstr (telar_real_to_text (0.1, text), ==, "0.1");
  g_assert_cmpstr (telar_real_to_text (320, text), ==, "320");

  json_auto_t *json = json_pack ("{s:[f,i,n,b],s:{s:s}}", "b", 2.0, 3, TRUE, "a", "x", "\n\"");
  g_autofree char *line = telar_json_to_text (json);
  g_assert_cmpstr (line, ==, "{\"b\":[2.0,3,null,true],\"a\":{\"x\":\"\\n\\\"\"}}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/param/defaults", test_defaults);
  g_test_add_func ("/param/round-trip", test_round_trip);
  g_test_add_func ("/param/refused", test_refused);
  g_test_add_func ("/param/json-refused", test_json_refused);
  g_test_add_func ("/param/real-text", test_real_text);
  return g_test_run ();
}
