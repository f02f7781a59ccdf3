/* Errors carry the id of their node, through copies and prefixes. */
#include "engine/error.h"

static void
test_node (void)
{
  g_autoptr (GError) error = NULL;
  telar_set_error (&error, TELAR_ERROR_INVALID, "conv1", "kernel must be %s", "positive");
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "conv1: kernel must be positive");
  g_assert_cmpstr (telar_error_get_node (error), ==, "conv1");

  g_autoptr (GError) copy = g_error_copy (error);
  g_clear_error (&error);
  g_assert_cmpstr (telar_error_get_node (copy), ==, "conv1");
}

static void
test_set_node (void)
{
  g_autoptr (GError) error = NULL;
  telar_set_error (&error, TELAR_ERROR_USAGE, NULL, "no");
  g_assert_null (telar_error_get_node (error));
  telar_error_set_node (&error, "a");
  telar_error_set_node (&error, "b");
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, "a: no");
  g_assert_cmpstr (telar_error_get_node (error), ==, "a");
}

static void
test_foreign (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "gone");
  g_assert_null (telar_error_get_node (error));
  telar_error_set_node (&error, "data1");
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "data1: gone");
  g_assert_cmpstr (telar_error_get_node (error), ==, "data1");
  /* Nobody asks: nothing happens. */
  telar_set_error (NULL, TELAR_ERROR_FAILED, NULL, "x");
  telar_error_set_node (NULL, "x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/node", test_node);
  g_test_add_func ("/error/set-node", test_set_node);
  g_test_add_func ("/error/foreign", test_foreign);
  return g_test_run ();
}
