/* The user's own operators: groups that were kept for other projects, one file each in the folder
 * telar/operators of the user's data. A file is a project of that group and of those that it is
 * made of; files that others wrote or changed there are noticed.
 *
 * Main thread only. */
#pragma once

#include "engine/graph.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Before the name of an operator of the library in that which edits take: "library:res_block". */
#define TELAR_LIBRARY_PREFIX "library:"

typedef struct {
  char *name; /* of the file and of the group in it */
  char *path;
  TelarGraph *graph;         /* with the group */
  const TelarGraph *drawing; /* of the group */
  TelarOperator op;          /* as it is offered: its name has the prefix */
} TelarLibraryEntry;

#define TELAR_TYPE_LIBRARY (telar_library_get_type ())
G_DECLARE_FINAL_TYPE (TelarLibrary, telar_library, TELAR, LIBRARY, GObject)

/* The one of this user; owned by the program. Its signal "changed": entries are others now, and
 * all that were borrowed are gone. */
TelarLibrary *telar_library_get (void);
/* TelarLibraryEntry *, sorted by name; borrowed. */
const GPtrArray *telar_library_entries (TelarLibrary *self);
/* With or without the prefix; NULL when there is none. */
const TelarLibraryEntry *telar_library_find (TelarLibrary *self, const char *name);
/* The entry that a group of a project was kept as, or came from: that of its name or its title. */
const TelarLibraryEntry *telar_library_find_for (TelarLibrary *self, const TelarGraph *drawing);
/* The files in the folder that cannot be read, each with the reason, a line each; "" when there are
 * none. Borrowed. */
const char *telar_library_problems (TelarLibrary *self);
const char *telar_library_folder (TelarLibrary *self);

/* The name that a group with this title is kept under: "Res block" as res_block. Caller frees. */
char *telar_library_name (const char *title);
/* Keeps a copy of the group, and of those that it is made of, under the title; an entry of that
 * name is replaced. */
gboolean telar_library_keep (TelarLibrary *self, const TelarGraph *drawing, const char *title,
                             GError **error);
gboolean telar_library_remove (TelarLibrary *self, const char *name, GError **error);

G_END_DECLS
