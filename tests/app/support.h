/* What the tests of the studio share. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

/* Registers all operators; every test program calls it first. */
void test_init (void);
/* A folder of the test's own, removed with its contents by test_remove. */
char *test_folder (void);
void test_remove (const char *folder);
/* The text of the document as it would be saved. */
char *test_text (TelarDocument *document);
/* A document of a sample's contents. */
TelarDocument *test_sample (const char *name);
/* Lets pending sources run for @ms. */
void test_wait (guint ms);

/* Drops the caller's reference, which must be the last once the main loop has nothing left to do
 * for the object: on a busy machine a frame or an idle source may still hold one. */
void test_finalizes (gpointer object);

G_END_DECLS
