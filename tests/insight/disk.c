/* Disks that are full or may not be written: the recorder says so and names the file; the caller
 * goes on. Each case runs in a process of its own, which changes what it may do. */
#include "insight/store-private.h"
#include "tests/insight/workspace.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK_BYTES    1500000
#define BALLAST_BYTES 500000
#define NOBODY        65534

static gboolean
write_proc (const char *path, const char *text)
{
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

/* A namespace of mounts; who is not root needs one of users for it, where he is root. */
static gboolean
own_mounts (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", getegid ());

  if (geteuid () == 0)
    return unshare (CLONE_NEWNS) == 0;
  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_proc ("/proc/self/setgroups", "deny") && write_proc ("/proc/self/uid_map", users) &&
         write_proc ("/proc/self/gid_map", groups);
}

static const char *small_disk;

static void
unmount_small_disk (void)
{
  umount2 (small_disk, MNT_DETACH);
}

/* A tmpfs of 1.5 MB at @folder, which only this process sees; where mounting is forbidden, no file
 * may grow beyond that. In a chroot "/" is no mount and cannot be made private, so the disk may be
 * seen outside of it and is taken away at the end. */
static void
make_small_disk (const char *folder)
{
  g_autofree char *size = g_strdup_printf ("size=%d", DISK_BYTES);

  if (own_mounts ()) {
    mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    if (mount ("tmpfs", folder, "tmpfs", 0, size) == 0) {
      small_disk = g_intern_string (folder);
      atexit (unmount_small_disk);
      return;
    }
  }
  struct rlimit limit = { DISK_BYTES / 2, DISK_BYTES / 2 };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
write_ballast (const char *workspace)
{
  g_autofree char *path = g_build_filename (workspace, "ballast", NULL);
  g_autofree char *bytes = g_strnfill (BALLAST_BYTES, 'x');

  g_assert_true (g_file_set_contents (path, bytes, BALLAST_BYTES, NULL));
}

static void
remove_ballast (const char *workspace)
{
  g_autofree char *path = g_build_filename (workspace, "ballast", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* Far more than the disk takes. */
static TelarMonitor *
fill (const char *workspace)
{
  TelarMonitor *monitor = workspace_record (workspace, "r", 1000);

  for (gint64 step = 1; step <= 300000; step++)
    telar_monitor_scalar (monitor, "loss", step, value_at (step));
  return monitor;
}

/* What is there begins at the first step and has no gap. */
static void
check_prefix (const char *workspace, const char *status)
{
  workspace_check_integrity (workspace);
  g_autoptr (TelarStore) store = workspace_open (workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_autoptr (GArray) points = workspace_points (store, row->id, "loss", 0);

  g_assert_cmpstr (row->status, ==, status);
  g_assert_cmpuint (points->len, >, 1000);
  g_assert_cmpuint (points->len, <, 300000);
  for (guint i = 0; i < points->len; i++)
    g_assert_cmpint (g_array_index (points, TelarPoint, i).step, ==, i + 1);
}

#define FOLDER g_getenv ("TELAR_TEST_FOLDER")

/* Runs the test's subprocess, which finds a new workspace's name in FOLDER. */
static void
run_in_subprocess (void)
{
  g_autofree char *workspace = workspace_new ();

  g_setenv ("TELAR_TEST_FOLDER", workspace, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  workspace_remove (workspace);
}

static void
test_full (void)
{
  if (g_test_subprocess ()) {
    make_small_disk (FOLDER);
    write_ballast (FOLDER);
    TelarMonitor *monitor = fill (FOLDER);
    telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
    telar_monitor_free (monitor);
    remove_ballast (FOLDER);
    workspace_check_integrity (FOLDER);
    return;
  }
  run_in_subprocess ();
  g_test_trap_assert_stderr ("*run *: recording ended: */telar.db: *; the training goes on*");
}

/* The disk has room again before the run ends: at least its end is recorded. */
static void
test_full_and_mended (void)
{
  if (g_test_subprocess ()) {
    make_small_disk (FOLDER);
    write_ballast (FOLDER);
    TelarMonitor *monitor = fill (FOLDER);
    remove_ballast (FOLDER);
    telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
    telar_monitor_free (monitor);
    check_prefix (FOLDER, "done");
    return;
  }
  run_in_subprocess ();
  g_test_trap_assert_stderr ("*recording ended: */telar.db: *");
}

static void
assert_refused (const char *workspace)
{
  TelarRecording recording = { .run = "r" };
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_recorder_new (workspace, &recording, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, workspace));
}

/* root may write anywhere: it becomes nobody. */
static void
give_up_rights (void)
{
  if (geteuid () == 0)
    g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
}

static void
test_read_only (void)
{
  if (g_test_subprocess ()) {
    g_autofree char *below = g_build_filename (FOLDER, "below", NULL);
    give_up_rights ();
    assert_refused (FOLDER);
    assert_refused (below);
    return;
  }
  g_autofree char *workspace = workspace_new ();
  g_setenv ("TELAR_TEST_FOLDER", workspace, TRUE);
  for (int made = 0; made < 2; made++) {
    /* First an empty folder, then one with a store. */
    if (made)
      telar_monitor_free (workspace_record (workspace, "old", 10));
    g_assert_cmpint (chmod (workspace, 0555), ==, 0);
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_assert_cmpint (chmod (workspace, 0755), ==, 0);
  }
  workspace_remove (workspace);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/disk/full", test_full);
  g_test_add_func ("/insight/disk/full-and-mended", test_full_and_mended);
  g_test_add_func ("/insight/disk/read-only", test_read_only);
  return g_test_run ();
}
