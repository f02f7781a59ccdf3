/* Operators of the user's library as edits: what is used is copied into the document, with all that
 * it is made of, and is a group of the document from then on. */
#include "app/project/edits-private.h"
#include "app/project/group-copy.h"
#include "app/project/library.h"

#include <glib/gi18n.h>

const TelarOperator *
telar_edit_find_operator (TelarDocument *document, const char *name)
{
  const TelarLibraryEntry *entry = g_str_has_prefix (name, TELAR_LIBRARY_PREFIX)
                                       ? telar_library_find (telar_library_get (), name)
                                       : NULL;

  return entry ? &entry->op : telar_graph_find_operator (telar_document_drawing (document), name);
}

char *
telar_edit_bring (TelarDocument *document, const char *op, GError **error)
{
  const TelarLibraryEntry *entry = telar_library_find (telar_library_get (), op);
  g_autofree char *name = NULL;

  if (!entry) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the library has no operator %s"), op);
    return NULL;
  }
  name = telar_group_bring ((TelarGraph *)telar_document_graph (document), entry->drawing,
                            telar_document_patch (document), error);
  return name ? g_strconcat (TELAR_GROUP_PREFIX, name, NULL) : NULL;
}

gboolean
telar_edit_update_group (TelarDocument *document, const char *group, const TelarGraph *drawing,
                         GError **error)
{
  const TelarGraph *old = telar_graph_find_group (telar_document_graph (document), group);
  g_autofree char *name =
      g_strdup_printf (_ ("Update %s"), telar_graph_group_operator (old)->label);

  telar_document_begin (document, name);
  if (!telar_group_redraw ((TelarGraph *)telar_document_graph (document), group, drawing,
                           telar_document_patch (document), error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, NULL);
  return TRUE;
}
