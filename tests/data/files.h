/* Files for the tests of the readers: made in a folder of the program's own, gone at its end. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* Makes the folder; call it once, and the other at the end of main. */
void test_files_begin (void);
void test_files_end (void);

/* A file with those bytes (@length -1: a string); its path, valid to the end. */
const char *test_file (const char *name, const void *data, gssize length);
/* The same bytes packed by gzip. */
const char *test_gzip_file (const char *name, const void *data, gsize length);
/* A path in the folder. */
const char *test_path (const char *name);
/* A shipped sample. Caller frees. */
char *test_sample (const char *name);

/* The error is TELAR_ERROR_INVALID and its one line has @text in it; clears it. */
#define test_assert_invalid(error, text)                                                           \
  do {                                                                                             \
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);                                      \
    if (strstr (error->message, text) == NULL || strchr (error->message, '\n') != NULL)            \
      g_error ("\"%s\" is not in \"%s\"", text, error->message);                                   \
    g_clear_error (&error);                                                                        \
  } while (0)

G_END_DECLS
