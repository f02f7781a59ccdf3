/* Runs the real telar in a workspace of the test's own and keeps what it said. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* A folder that is gone at the end of main. */
void test_program_begin (void);
void test_program_end (void);
/* A path in it, valid to the end. */
const char *test_program_path (const char *name);
const char *test_program_file (const char *name, const void *data, gssize length);
/* The path of a shipped sample, valid to the end. */
const char *test_program_sample (const char *name);
/* The path of telar. */
const char *test_program_binary (void);

typedef struct {
  int status;
  char *output, *errors;
} TestRun;

void test_run_clear (TestRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TestRun, test_run_clear)

/* Runs telar with those arguments, ended by NULL; the workspace is the folder's "workspace". */
TestRun test_run (const char *argument, ...) G_GNUC_NULL_TERMINATED;
TestRun test_run_argv (const char *const *arguments);
/* Starts it; the caller waits with test_program_wait. */
GPid test_program_start (const char *const *arguments, int *output);
/* The exit status, or 128 and the signal. */
int test_program_wait (GPid pid);

/* Ends with @status and one line on standard error that has @text in it, nothing on standard
 * output. */
#define test_assert_fails(run, expected, text) test_check_fails (G_STRLOC, &(run), expected, text)
void test_check_fails (const char *where, const TestRun *run, int status, const char *text);
/* Ends with 0; the message of standard error is shown otherwise. */
#define test_assert_done(run) test_check_done (G_STRLOC, &(run))
void test_check_done (const char *where, const TestRun *run);

/* The output as one JSON document; caller decrefs. */
json_t *test_run_json (const TestRun *run);
/* The output as JSON lines, an array; caller decrefs. */
json_t *test_run_json_lines (const TestRun *run);

/* The number of entries below the folder, temporary files included. */
guint test_count_files (const char *folder);

G_END_DECLS
