/* What is wrong with the input is one line that names file, line or node, the right exit status,
 * and nothing left behind. */
#include "tests/app/program.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The sample's text with @from replaced by @to, as a file. */
static const char *
changed_sample (const char *sample, const char *name, const char *from, const char *to)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (test_program_sample (sample), &text, NULL, NULL));
  g_assert_nonnull (strstr (text, from));
  g_autoptr (GString) changed = g_string_new (text);
  g_string_replace (changed, from, to, 1);
  /* The data stays where it is. */
  g_autofree char *data = g_strconcat ("\"file\":\"", test_program_sample ("titanic.csv"), NULL);
  g_string_replace (changed, "\"file\":\"titanic.csv", data, 0);
  return test_program_file (name, changed->str, (gssize)changed->len);
}

static const char *
first_bytes (const char *path, const char *name, gsize length)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (length, <, size);
  return test_program_file (name, bytes, (gssize)length);
}

/* Training refuses and leaves no workspace; check says the same with its own status. */
static void
refuse (const char *project, const char *setting, const char *text)
{
  const char *set = setting != NULL ? "--set" : NULL;
  g_auto (TestRun) train = test_run ("train", project, set, setting, NULL);
  test_assert_fails (train, 3, text);
  g_assert_false (g_file_test (test_program_path ("workspace"), G_FILE_TEST_EXISTS));
  g_auto (TestRun) check = test_run ("check", project, set, setting, NULL);
  g_assert_cmpint (check.status, ==, 3);
  g_assert_nonnull (strstr (check.errors, text));
}

static void
test_truncated_idx (void)
{
  const char *images = test_program_sample ("digits/t10k-images-idx3-ubyte.gz");
  const char *cut = first_bytes (images, "cut-images.gz", 100000);
  g_autofree char *setting = g_strconcat ("digits.images=", cut, NULL);
  refuse (test_program_sample ("digits-dense.telar"), setting, "cut-images.gz: cut off");
}

static void
test_ragged_csv (void)
{
  const char *table = test_program_file ("ragged.csv", "survived,sex\n1,male\n0,female\n1\n", -1);
  g_autofree char *setting = g_strconcat ("passengers.file=", table, NULL);
  refuse (test_program_sample ("titanic.telar"), setting,
          "ragged.csv:4: 1 field where the header has 2");
}

static void
test_unknown_operator (void)
{
  refuse (changed_sample ("titanic.telar", "operator.telar", "\"op\":\"sigmoid\"",
                          "\"op\":\"warp_drive\""),
          NULL, "warp_drive");
}

static void
test_cycle (void)
{
  refuse (changed_sample ("titanic.telar", "cycle.telar",
                          "{\"from\":\"standardize:out\",\"to\":\"dense1:in\"}",
                          "{\"from\":\"dense2:out\",\"to\":\"dense1:in\"}"),
          NULL, "cycle");
}

static void
test_mismatched_shapes (void)
{
  refuse (test_program_sample ("titanic.telar"), "dense3.units=3", "accuracy: labels");
}

static void
test_missing_files (void)
{
  refuse (test_program_path ("nowhere.telar"), NULL, "nowhere.telar");
  refuse (test_program_sample ("titanic.telar"), "passengers.file=nowhere.csv", "nowhere.csv");
}

static void
test_parameters (void)
{
  const char *project = test_program_sample ("titanic.telar");
  refuse (project, "dense1.units=-4", "dense1: units");
  refuse (project, "dense1.wings=2", "wings");
  refuse (project, "nobody.units=2", "nobody");
  refuse (project, "training.batch=0", "batch");
  refuse (changed_sample ("titanic.telar", "negative.telar", "\"units\":32", "\"units\":-32"), NULL,
          "dense1: units");
}

static void
test_not_a_project (void)
{
  refuse (test_program_file ("half.telar", "{\n\"telar\": 1,\n\"seed\"", -1), NULL,
          "half.telar, line 3");
  refuse (test_program_file ("empty.telar", "", 0), NULL, "empty.telar");
  refuse (test_program_file ("new.telar", "{\n\"telar\": 99\n}\n", -1), NULL, "99");
  refuse (test_program_sample ("titanic.csv"), NULL, "titanic.csv, line 1");
}

/* A header that claims 2^60 bytes: refused before anything is allocated. */
static void
test_huge_safetensors (void)
{
  static const guint8 bytes[] = { 0, 0, 0, 0, 0, 0, 0, 0x10, '{', '}' };
  const char *model = test_program_file ("huge.safetensors", bytes, sizeof bytes);
  g_auto (TestRun) evaluate = test_run ("evaluate", model, NULL);
  test_assert_fails (evaluate, 3, "huge.safetensors");
  g_auto (TestRun) predict = test_run ("predict", model, "--input", "a.csv", "--output",
                                       test_program_path ("out.csv"), NULL);
  test_assert_fails (predict, 3, "huge.safetensors");
  g_assert_false (g_file_test (test_program_path ("out.csv"), G_FILE_TEST_EXISTS));
}

static void
test_no_such_run (void)
{
  g_auto (TestRun) show = test_run ("runs", "show", "nobody", NULL);
  test_assert_fails (show, 3, "telar.db");
  g_auto (TestRun) resume = test_run ("train", "--resume", "nobody", NULL);
  test_assert_fails (resume, 3, "telar.db");
  g_assert_false (g_file_test (test_program_path ("workspace"), G_FILE_TEST_EXISTS));
}

/* A place where nothing can be written, whoever asks: below a file, and in /proc. */
static void
test_read_only_workspace (void)
{
  const char *file = test_program_file ("file", "", 0);
  g_autofree char *below = g_build_filename (file, "workspace", NULL);
  const char *const places[] = { below, "/proc/telar" };
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_auto (TestRun) run = test_run ("train", test_program_sample ("titanic.telar"), "--workspace",
                                     places[i], "--epochs", "1", NULL);
    test_assert_fails (run, 1, places[i]);
  }
}

/* Whether @command ends well. */
static gboolean
works (const char *const *command)
{
  int status;
  return g_spawn_sync (NULL, (char **)command, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                           G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL) &&
         status == 0;
}

/* On a disk of @size; prints telar's status and what is on the disk afterwards. Root may mount as
 * it is, others in a namespace of their own or, where the kernel refuses those, as in a chroot,
 * with sudo. */
static TestRun
run_on_small_disk (const char *size, const char *sample)
{
  static const char *const probe[] = { "unshare", "-Urm", "true", NULL };
  const char *disk = test_program_path ("disk");
  g_mkdir (disk, 0700);
  static const char script[] =
      "mount -t tmpfs -o size=$1 tmpfs \"$2\" || exit 99\n"
      "trap 'umount \"$2\"' EXIT\n"
      "\"$3\" train \"$4\" --workspace \"$2/w\" --run r --epochs 1 > /dev/null\n"
      "status=$?\n"
      "find \"$2\" -type f -name 'checkpoint*'\n"
      "exit $status\n";
  const char *argv[] = { "unshare",
                         "-Urm",
                         "sh",
                         "-c",
                         script,
                         "sh",
                         size,
                         disk,
                         test_program_binary (),
                         test_program_sample (sample),
                         NULL };
  const char **command = argv;
  if (geteuid () == 0)
    command = argv + 2;
  else if (!works (probe)) {
    argv[0] = "sudo";
    argv[1] = "-n";
  }
  g_autoptr (GError) error = NULL;
  TestRun run = { 0 };
  int status = 0;
  g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &run.output,
                &run.errors, &status, &error);
  g_assert_no_error (error);
  run.status = status / 256;
  return run;
}

static void
test_full_disk (void)
{
  /* Too small for the store, and enough for it but not for a checkpoint of 8 MB. */
  g_auto (TestRun) tiny = run_on_small_disk ("16k", "titanic.telar");
  test_assert_fails (tiny, 1, "telar.db");
  g_auto (TestRun) small = run_on_small_disk ("4m", "digits-dense.telar");
  test_assert_fails (small, 1, "checkpoint.safetensors");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/bad-input/truncated-idx", test_truncated_idx);
  g_test_add_func ("/bad-input/ragged-csv", test_ragged_csv);
  g_test_add_func ("/bad-input/unknown-operator", test_unknown_operator);
  g_test_add_func ("/bad-input/cycle", test_cycle);
  g_test_add_func ("/bad-input/mismatched-shapes", test_mismatched_shapes);
  g_test_add_func ("/bad-input/missing-files", test_missing_files);
  g_test_add_func ("/bad-input/parameters", test_parameters);
  g_test_add_func ("/bad-input/not-a-project", test_not_a_project);
  g_test_add_func ("/bad-input/huge-safetensors", test_huge_safetensors);
  g_test_add_func ("/bad-input/no-such-run", test_no_such_run);
  g_test_add_func ("/bad-input/read-only-workspace", test_read_only_workspace);
  g_test_add_func ("/bad-input/full-disk", test_full_disk);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
