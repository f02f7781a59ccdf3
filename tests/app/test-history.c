/* Undo at length: 100,000 edits, undos and redos of every kind lead back to the same bytes, and a
 * program that is killed at any moment leaves all its edits but at most the one that it was making.
 */
#include "app/project/edits.h"
#include "app/project/journal.h"
#include "tests/app/random-edits.h"
#include "tests/app/support.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_STEPS  100000
#define N_NODES  40
#define N_KILLS  40
#define SAVE_ONE 150 /* of so many edits of the child one is followed by a save */

static const char *program;

/* Of this run, told for a repetition with --seed. */
static GRand *
lot (void)
{
  guint32 seed = (guint32)g_test_rand_int ();

  g_test_message ("seed %u", seed);
  return g_rand_new_with_seed (seed);
}

static void
assert_text (TelarDocument *document, const char *expected)
{
  g_autofree char *text = test_text (document);

  g_assert_cmpstr (text, ==, expected);
}

/* --- there and back --------------------------------------------------------------------------- */

static void
count (TelarDocument *document, TelarPatch *patch, int direction, guint *steps)
{
  (*steps)++;
}

/* First words of what the edits are called. */
static void
note_names (TelarDocument *document, GHashTable *names)
{
  for (guint i = 0; i < telar_document_n_edits (document); i++) {
    const char *name = telar_document_edit_name (document, i);

    g_hash_table_add (names, g_strndup (name, strcspn (name, " ")));
  }
}

/* Edits, all the way back, all the way on, back again. What was undone last of all may still be
 * redone behind the end. */
static void
round_trip (TelarDocument *document, GRand *rand, guint n_edits, GHashTable *names)
{
  g_autofree char *original = test_text (document), *edited = NULL;
  guint end;

  for (guint i = 0; i < n_edits; i++)
    test_random_edit (document, rand, N_NODES);
  note_names (document, names);
  edited = test_text (document);
  end = telar_document_n_done (document);
  telar_document_jump (document, 0);
  assert_text (document, original);
  telar_document_jump (document, end);
  assert_text (document, edited);
  telar_document_jump (document, 0);
  assert_text (document, original);
}

static void
test_long_history (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-cnn.telar");
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  static const char *const kinds[] = { "Add",   "Remove",    "Connect", "Disconnect",
                                       "Paste", "Move",      "Rename",  "Change",
                                       "Reset", "Duplicate", "Group",   "Ungroup" };
  g_autoptr (GRand) rand = lot ();
  guint steps = 0, rounds = 0;

  g_signal_connect (document, "changed", G_CALLBACK (count), &steps);
  do {
    round_trip (document, rand, rounds == 0 ? 10000 : (guint)g_rand_int_range (rand, 1, 2000),
                names);
    rounds++;
  } while (steps < N_STEPS);
  g_test_message ("%u steps in %u rounds", steps, rounds);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!g_hash_table_contains (names, kinds[i]))
      g_error ("nothing was ever called “%s”", kinds[i]);
  }
  telar_document_close (document);
}

/* --- crashes ---------------------------------------------------------------------------------- */

/* Tells the state that is safe now. */
static void
report (TelarDocument *document)
{
  g_autofree char *text = test_text (document);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *line = g_strconcat (hash, "\n", NULL);

  if (write (STDOUT_FILENO, line, strlen (line)) < 0)
    _exit (1);
}

/* The program that is killed: goes on where the last one ended, and never ends by itself. */
static G_GNUC_NORETURN void
edit_for_ever (const char *project, const char *seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_ascii_strtoull (seed, NULL, 10));
  g_autofree char *journal = telar_document_find_journal (project);
  g_autoptr (GError) error = NULL;
  TelarDocument *document =
      journal ? telar_document_recover (journal, &error) : telar_document_open (project, &error);

  g_assert_no_error (error);
  report (document);
  g_signal_connect (document, "changed", G_CALLBACK (report), NULL);
  for (;;) {
    test_random_edit (document, rand, N_NODES);
    if (g_rand_int_range (rand, 0, SAVE_ONE) == 0)
      g_assert_true (telar_document_save (document, NULL, NULL));
  }
}

/* Kills it at a moment drawn by lot; what it told last, in hex. Caller frees. */
static char *
run_and_kill (const char *project, GRand *rand)
{
  g_autofree char *seed = g_strdup_printf ("%u", g_rand_int (rand));
  const char *const argv[] = { program, "--child", project, seed, NULL };
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096], *end;
  ssize_t n;
  GPid pid;
  int out;

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                            NULL, &out, NULL, &error);
  g_assert_no_error (error);
  n = read (out, buffer, 1); /* it has begun */
  g_assert_cmpint (n, ==, 1);
  g_string_append_c (told, buffer[0]);
  /* The pipe may fill: what is said meanwhile is taken. */
  for (gint64 until = g_get_monotonic_time () + g_rand_int_range (rand, 0, 150000);
       g_get_monotonic_time () < until && (n = read (out, buffer, sizeof buffer)) > 0;)
    g_string_append_len (told, buffer, n);
  kill (pid, SIGKILL);
  while ((n = read (out, buffer, sizeof buffer)) > 0)
    g_string_append_len (told, buffer, n);
  close (out);
  waitpid (pid, NULL, 0);
  end = strrchr (told->str, '\n');
  g_assert_nonnull (end);
  *end = '\0';
  end = strrchr (told->str, '\n');
  return g_strdup (end ? end + 1 : told->str);
}

/* The document that the journal of these bytes gives; they are not touched. */
static TelarDocument *
recover_copy (const char *folder, const char *bytes, gsize length)
{
  g_autofree char *copy = g_build_filename (folder, ".copy.telar.journal", NULL);
  g_autoptr (GError) error = NULL;
  TelarDocument *document;

  g_file_set_contents (copy, bytes, (gssize)length, &error);
  g_assert_no_error (error);
  document = telar_document_recover (copy, &error);
  g_assert_no_error (error);
  return document;
}

static gboolean
has_state (TelarDocument *document, const char *hash)
{
  g_autofree char *text = test_text (document);
  g_autofree char *own = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_str_equal (own, hash);
}

/* Where the last whole line begins. */
static gsize
last_line (const char *bytes, gsize length)
{
  while (length && bytes[length - 1] != '\n')
    length--;
  if (length)
    length--;
  while (length && bytes[length - 1] != '\n')
    length--;
  return length;
}

/* Undone to the start it is what the journal starts from. */
static void
check_undo (TelarDocument *document, const char *bytes)
{
  json_auto_t *base = json_loads (bytes, JSON_DISABLE_EOF_CHECK, NULL);

  telar_document_jump (document, 0);
  assert_text (document, json_string_value (json_object_get (base, "text")));
}

static void
check_recovery (const char *folder, const char *journal, const char *hash)
{
  g_autoptr (TelarDocument) document = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_file_get_contents (journal, &bytes, &length, NULL);
  document = recover_copy (folder, bytes, length);
  if (!has_state (document, hash)) {
    g_autoptr (TelarDocument) before = NULL;

    /* One edit more than was told: it was safe before it was seen. */
    g_test_message ("killed between the journal and the report");
    before = recover_copy (folder, bytes, last_line (bytes, length));
    g_assert_true (has_state (before, hash));
    telar_document_close (before);
  }
  check_undo (document, bytes);
  telar_document_close (document);
}

static void
test_killed (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  g_autoptr (GRand) rand = lot ();
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "project.telar", NULL);
  g_autofree char *journal = telar_journal_path (project);

  g_assert_true (telar_document_save (document, project, NULL));
  telar_document_close (document);
  for (guint i = 0; i < N_KILLS; i++) {
    g_autofree char *hash = run_and_kill (project, rand);

    if (telar_journal_is_left (journal)) {
      check_recovery (folder, journal, hash);
    } else {
      g_autoptr (TelarDocument) saved = telar_document_open (project, NULL);

      g_assert_true (has_state (saved, hash));
      telar_document_close (saved);
    }
  }
  test_remove (folder);
}

/* Undone behind the save that the journal starts at: the replay knows nothing of what came before.
 */
static void
check_undo_behind_the_journal (guint n)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "project.telar", NULL);
  g_autofree char *journal = telar_journal_path (project), *saved = NULL, *undone = NULL;
  TelarDocument *document = test_sample ("digits-dense.telar");
  g_autoptr (TelarDocument) recovered = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_free (telar_edit_add (document, "relu", 8 + 8 * i, 8, NULL, NULL));
  g_assert_true (telar_document_save (document, project, NULL));
  saved = test_text (document);
  telar_document_jump (document, 0);
  undone = test_text (document);
  g_object_unref (document);
  recovered = telar_document_recover (journal, &error);
  g_assert_no_error (error);
  assert_text (recovered, undone);
  telar_document_jump (recovered, 0);
  assert_text (recovered, saved);
  telar_document_jump (recovered, n);
  assert_text (recovered, undone);
  telar_document_close (recovered);
  test_remove (folder);
}

static void
test_undo_behind_the_journal (void)
{
  for (guint n = 1; n <= 3; n++)
    check_undo_behind_the_journal (n);
}

/* --- a disk that is full ---------------------------------------------------------------------- */

static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

/* A file that may not grow is to a program what a full disk is: the write fails half way. */
static void
test_full_disk (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "project.telar", NULL);
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  g_autofree char *good = NULL, *now = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_document_save (document, project, NULL));
  good = test_text (document);
  g_free (telar_edit_add (document, "relu", 8, 8, NULL, NULL));
  signal (SIGXFSZ, SIG_IGN);
  set_file_limit (200);
  g_assert_false (telar_document_save (document, NULL, &error));
  set_file_limit (RLIM_INFINITY);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, project));
  g_file_get_contents (project, &now, NULL, NULL);
  g_assert_cmpstr (now, ==, good);
  g_assert_cmpuint (n_files (folder), ==, 2); /* the project and the journal: nothing half done */
  g_assert_true (telar_document_is_modified (document));
  g_assert_true (telar_document_save (document, NULL, NULL));
  telar_document_close (document);
  test_remove (folder);
}

/* --- another program -------------------------------------------------------------------------- */

typedef struct {
  char *folder, *project, *other; /* @other: what another program writes */
  TelarDocument *document;
  guint n_told;
} Shared;

static void
on_told (TelarDocument *document, Shared *shared)
{
  shared->n_told++;
}

static void
shared_set_up (Shared *shared, gconstpointer data)
{
  g_autoptr (TelarDocument) other = test_sample ("titanic.telar");

  shared->folder = test_folder ();
  shared->project = g_build_filename (shared->folder, "project.telar", NULL);
  shared->document = test_sample ("digits-cnn.telar");
  shared->other = test_text (other);
  g_assert_true (telar_document_save (shared->document, shared->project, NULL));
  g_signal_connect (shared->document, "disk-changed", G_CALLBACK (on_told), shared);
}

static void
shared_tear_down (Shared *shared, gconstpointer data)
{
  telar_document_close (shared->document);
  g_object_unref (shared->document);
  test_remove (shared->folder);
  g_free (shared->folder);
  g_free (shared->project);
  g_free (shared->other);
}

static void
write_other (Shared *shared)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (shared->project, shared->other, -1, &error);
  g_assert_no_error (error);
}

static void
wait_until_told (Shared *shared)
{
  while (!shared->n_told)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_not_overwritten (Shared *shared, gconstpointer data)
{
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;

  g_free (telar_edit_add (shared->document, "relu", 8, 8, NULL, NULL));
  g_assert_true (telar_document_save (shared->document, NULL, NULL));
  test_wait (600);
  g_assert_cmpuint (shared->n_told, ==, 0); /* our own saving is no news */
  write_other (shared);
  wait_until_told (shared);
  g_assert_cmpint (telar_document_disk_state (shared->document), ==, TELAR_DISK_CHANGED);
  g_assert_false (telar_document_save (shared->document, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG);
  g_file_get_contents (shared->project, &now, NULL, NULL);
  g_assert_cmpstr (now, ==, shared->other);
  telar_document_keep_mine (shared->document);
  g_assert_true (telar_document_is_modified (shared->document));
  g_assert_true (telar_document_save (shared->document, NULL, NULL));
  g_clear_pointer (&now, g_free);
  g_file_get_contents (shared->project, &now, NULL, NULL);
  assert_text (shared->document, now);
}

/* Two networks that share some names and no structure, with groups in one. */
static void
test_reload (Shared *shared, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", NULL };
  g_autofree char *mine = NULL;
  g_autofree char *group = telar_edit_group (shared->document, ids, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (group);
  mine = test_text (shared->document);
  write_other (shared);
  g_assert_true (telar_document_reload (shared->document, &error));
  g_assert_no_error (error);
  assert_text (shared->document, shared->other);
  g_assert_false (telar_document_is_modified (shared->document));
  telar_document_undo (shared->document);
  assert_text (shared->document, mine);
  g_assert_true (telar_document_is_modified (shared->document));
  telar_document_redo (shared->document);
  assert_text (shared->document, shared->other);
}

static void
test_reload_of_nonsense (Shared *shared, gconstpointer data)
{
  g_autofree char *mine = test_text (shared->document);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (shared->project, "{\"telar\":", -1, NULL);
  g_assert_false (telar_document_reload (shared->document, &error));
  g_assert_nonnull (error);
  assert_text (shared->document, mine);
}

static void
test_removed (Shared *shared, gconstpointer data)
{
  g_unlink (shared->project);
  wait_until_told (shared);
  g_assert_cmpint (telar_document_disk_state (shared->document), ==, TELAR_DISK_GONE);
  telar_document_keep_mine (shared->document);
  g_assert_true (telar_document_is_modified (shared->document));
  g_assert_true (telar_document_save (shared->document, NULL, NULL));
  g_assert_true (g_file_test (shared->project, G_FILE_TEST_EXISTS));
}

/* --- moving ----------------------------------------------------------------------------------- */

/* Saved in another folder, all edits can still be undone, and go on naming the same files. */
static void
test_history_moves (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *first = g_build_filename (folder, "a.telar", NULL);
  g_autofree char *below = g_build_filename (folder, "below", NULL);
  g_autofree char *second = g_build_filename (below, "b.telar", NULL);
  g_autofree char *rows = g_build_filename (folder, "rows.csv", NULL);
  g_autofree char *third = g_build_filename (folder, "c.telar", NULL);
  g_autofree char *original = NULL;
  g_autoptr (TelarDocument) document = telar_document_new ("moves");
  g_autofree char *id = NULL;
  const char *const *ids;

  g_assert_true (telar_document_save (document, first, NULL));
  original = test_text (document);
  id = telar_edit_add (document, "csv_table", 0, 0, NULL, NULL);
  ids = (const char *const[]){ id, NULL };
  telar_edit_set_param (document, ids, "file", "rows.csv", NULL);
  telar_edit_remove (document, ids, FALSE);
  g_mkdir (below, 0700);
  g_assert_true (telar_document_save (document, second, NULL));
  telar_document_undo (document);
  g_assert_cmpstr (telar_param_set_text (
                       telar_graph_find_node (telar_document_graph (document), id)->params, "file"),
                   ==, rows);
  g_assert_true (telar_document_save (document, third, NULL));
  telar_document_jump (document, 0);
  assert_text (document, original);
  telar_document_close (document);
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;
  int status;

  test_init ();
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    edit_for_ever (argv[2], argv[3]);
  program = argv[0];
  state = test_folder ();
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/long", test_long_history);
  g_test_add_func ("/history/killed", test_killed);
  g_test_add_func ("/history/undo-behind-the-journal", test_undo_behind_the_journal);
  g_test_add_func ("/history/full-disk", test_full_disk);
  g_test_add_func ("/history/moves", test_history_moves);
  g_test_add ("/disk/not-overwritten", Shared, NULL, shared_set_up, test_not_overwritten,
              shared_tear_down);
  g_test_add ("/disk/reload", Shared, NULL, shared_set_up, test_reload, shared_tear_down);
  g_test_add ("/disk/reload-of-nonsense", Shared, NULL, shared_set_up, test_reload_of_nonsense,
              shared_tear_down);
  g_test_add ("/disk/removed", Shared, NULL, shared_set_up, test_removed, shared_tear_down);
  status = g_test_run ();
  test_remove (state);
  return status;
}
