/* The journal's file. An exclusive lock tells a journal in use from one that a crash left. */
#include "app/project/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL_VERSION 2
/* Of a document without a file, in the state folder. */
#define UNSAVED_ENDING ".telar.journal"
/* More than any session writes; a larger file is not ours. */
#define JOURNAL_MAX_BYTES ((goffset)1 << 30)

struct TelarJournal {
  char *path;
  int fd;
  off_t end;           /* of the last whole line */
  GThreadPool *syncer; /* one thread: fsync may take long */
  gboolean named;      /* its name is on the disk; of the syncer's thread */
};

void
telar_journal_base_clear (TelarJournalBase *base)
{
  g_clear_pointer (&base->project, g_free);
  g_clear_pointer (&base->hash, g_free);
  g_clear_pointer (&base->text, g_free);
  g_clear_pointer (&base->title, g_free);
  g_clear_pointer (&base->folder, g_free);
}

/* --- places ----------------------------------------------------------------------------------- */

char *
telar_journal_path (const char *project)
{
  g_autofree char *folder = g_path_get_dirname (project);
  g_autofree char *base = g_path_get_basename (project);
  g_autofree char *name = g_strdup_printf (".%s.journal", base);

  return g_build_filename (folder, name, NULL);
}

static char *
state_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "telar", NULL);
}

char *
telar_journal_path_unsaved (GError **error)
{
  g_autofree char *folder = state_folder ();
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *name = g_strdup_printf ("%s" UNSAVED_ENDING, uuid);

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s cannot be made: %s", folder,
                     g_strerror (errno));
    return NULL;
  }
  return g_build_filename (folder, name, NULL);
}

char *
telar_journal_weights_path (const char *journal)
{
  gsize stem = strlen (journal) - strlen (UNSAVED_ENDING);

  return g_strdup_printf ("%.*s.safetensors", (int)stem, journal);
}

void
telar_journal_remove_unsaved (const char *path)
{
  g_autofree char *weights = telar_journal_weights_path (path);

  g_unlink (weights);
  g_unlink (path);
}

GPtrArray *
telar_journal_list_unsaved (void)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = state_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, UNSAVED_ENDING) && telar_journal_is_left (path))
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
  return paths;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The name of a new journal must be on the disk, too. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

static void
sync_in_thread (gpointer data, gpointer user_data)
{
  TelarJournal *journal = data;

  fdatasync (journal->fd);
  if (!journal->named) {
    sync_folder (journal->path);
    journal->named = TRUE;
  }
}

static TelarJournal *
journal_new (const char *path, int fd)
{
  TelarJournal *journal = g_new0 (TelarJournal, 1);

  journal->path = g_strdup (path);
  journal->fd = fd;
  journal->syncer = g_thread_pool_new (sync_in_thread, NULL, 1, FALSE, NULL);
  return journal;
}

static void
set_io_error (GError **error, const char *what, const char *path)
{
  int code = errno;

  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s cannot be %s: %s", path, what,
                   g_strerror (code));
}

/* What of a line is on a full disk goes before the next is written: it would hide all that follow.
 */
static gboolean
write_line (TelarJournal *journal, const json_t *entry, GError **error)
{
  char *text = json_dumps (entry, JSON_COMPACT);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  gsize length = strlen (line), done = 0;

  free (text);
  if (ftruncate (journal->fd, journal->end) != 0) {
    set_io_error (error, "repaired", journal->path);
    return FALSE;
  }
  while (done < length) {
    ssize_t n = pwrite (journal->fd, line + done, length - done, journal->end + (off_t)done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_io_error (error, "written", journal->path);
      return FALSE;
    }
    done += (gsize)n;
  }
  journal->end += (off_t)length;
  return TRUE;
}

gboolean
telar_journal_append (TelarJournal *journal, json_t *entry, GError **error)
{
  gboolean ok = write_line (journal, entry, error);

  json_decref (entry);
  if (ok && g_thread_pool_unprocessed (journal->syncer) == 0)
    g_thread_pool_push (journal->syncer, journal, NULL);
  return ok;
}

void
telar_journal_sync (TelarJournal *journal)
{
  fdatasync (journal->fd);
}

static json_t *
base_to_json (const TelarJournalBase *base)
{
  return json_pack ("{s:i, s:s?, s:s?, s:s, s:s?, s:s?}", "journal", JOURNAL_VERSION, "project",
                    base->project, "hash", base->hash, "text", base->text, "title", base->title,
                    "folder", base->folder);
}

TelarJournal *
telar_journal_create (const char *path, const TelarJournalBase *base, GError **error)
{
  TelarJournal *journal;
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0) {
    set_io_error (error, "made", path);
    return NULL;
  }
  journal = journal_new (path, fd);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s is open in another window", path);
    telar_journal_free (journal);
    return NULL;
  }
  /* Without its first line it would be no journal that anything can be recovered from. */
  if (!telar_journal_append (journal, base_to_json (base), error)) {
    telar_journal_discard (journal);
    return NULL;
  }
  return journal;
}

void
telar_journal_free (TelarJournal *journal)
{
  if (!journal)
    return;
  g_thread_pool_free (journal->syncer, FALSE, TRUE);
  close (journal->fd);
  g_free (journal->path);
  g_free (journal);
}

void
telar_journal_discard (TelarJournal *journal)
{
  if (!journal)
    return;
  g_unlink (journal->path);
  telar_journal_free (journal);
}

/* --- reading ---------------------------------------------------------------------------------- */

gboolean
telar_journal_is_left (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  gboolean left;

  if (fd < 0)
    return FALSE;
  left = flock (fd, LOCK_EX | LOCK_NB) == 0;
  close (fd);
  return left;
}

static char *
read_all (int fd, const char *path, gsize *length, GError **error)
{
  goffset size = lseek (fd, 0, SEEK_END);
  g_autofree char *text = NULL;
  gsize done = 0;

  if (size < 0 || size > JOURNAL_MAX_BYTES) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is not a journal of Telar", path);
    return NULL;
  }
  text = g_malloc ((gsize)size + 1);
  while (done < (gsize)size) {
    ssize_t n = pread (fd, text + done, (gsize)size - done, (off_t)done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      set_io_error (error, "read", path);
      return NULL;
    }
    done += (gsize)n;
  }
  text[size] = '\0';
  *length = (gsize)size;
  return g_steal_pointer (&text);
}

static gboolean
base_from_json (const json_t *json, TelarJournalBase *base, const char *path, GError **error)
{
  json_int_t version = json_integer_value (json_object_get (json, "journal"));
  const char *text = json_string_value (json_object_get (json, "text"));

  if (version != JOURNAL_VERSION || !text) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is not a journal of this version", path);
    return FALSE;
  }
  base->text = g_strdup (text);
  base->hash = g_strdup (json_string_value (json_object_get (json, "hash")));
  base->project = g_strdup (json_string_value (json_object_get (json, "project")));
  base->title = g_strdup (json_string_value (json_object_get (json, "title")));
  base->folder = g_strdup (json_string_value (json_object_get (json, "folder")));
  return TRUE;
}

static void
entry_free (gpointer data)
{
  json_decref (data);
}

/* Whole lines that are JSON; *@end is where the last of them ends. */
static GPtrArray *
parse_lines (const char *text, gsize length, gsize *end)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (entry_free);
  gsize start = 0;

  *end = 0;
  while (start < length) {
    const char *newline = memchr (text + start, '\n', length - start);
    gsize stop = newline ? (gsize)(newline - text) : length;
    json_t *line = newline ? json_loadb (text + start, stop - start, 0, NULL) : NULL;

    if (!line)
      break;
    g_ptr_array_add (lines, line);
    start = *end = stop + 1;
  }
  return lines;
}

TelarJournal *
telar_journal_resume (const char *path, TelarJournalBase *base, GPtrArray **entries, GError **error)
{
  g_autoptr (TelarJournal) journal = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *text = NULL;
  gsize length, end;
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);

  if (fd < 0) {
    set_io_error (error, "opened", path);
    return NULL;
  }
  journal = journal_new (path, fd);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s is open in another window", path);
    return NULL;
  }
  text = read_all (fd, path, &length, error);
  if (!text)
    return NULL;
  lines = parse_lines (text, length, &end);
  if (lines->len == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s holds no edits", path);
    return NULL;
  }
  if (!base_from_json (lines->pdata[0], base, path, error))
    return NULL;
  if (end < length && ftruncate (fd, (off_t)end) != 0) {
    set_io_error (error, "repaired", path);
    return NULL;
  }
  journal->end = (off_t)end;
  g_ptr_array_remove_index (lines, 0);
  *entries = g_steal_pointer (&lines);
  return g_steal_pointer (&journal);
}
