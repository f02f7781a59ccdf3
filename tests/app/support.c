/* What the tests of the studio share. */
#include "tests/app/support.h"

#include "data/data.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

void
test_init (void)
{
  telar_operators_init ();
  telar_data_init ();
}

char *
test_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("telar-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
test_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      test_remove (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

char *
test_text (TelarDocument *document)
{
  return telar_graph_to_text (telar_document_graph (document));
}

TelarDocument *
test_sample (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), name, NULL);
  g_autoptr (GError) error = NULL;
  TelarDocument *document = telar_document_open_copy (path, NULL, &error);

  g_assert_no_error (error);
  return document;
}

static gboolean
stop (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

void
test_wait (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, stop, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

void
test_finalizes (gpointer object)
{
  gpointer seen = object;

  g_object_add_weak_pointer (object, &seen);
  g_object_unref (object);
  for (guint waited = 0; seen && waited < 250; waited++)
    test_wait (20);
  g_assert_null (seen);
}
