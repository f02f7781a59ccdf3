/* Bookmarks as edits: they are the document's, whatever drawing is edited. */
#include "app/project/edits.h"

#include <glib/gi18n.h>

gboolean
telar_edit_set_bookmark (TelarDocument *document, const TelarBookmark *bookmark, GError **error)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Set bookmark"));

  telar_patch_touchf (telar_document_patch (document), telar_document_graph (document),
                      "bookmarks/%s", bookmark->name);
  if (!telar_graph_set_bookmark (graph, bookmark, error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, NULL);
  return TRUE;
}

void
telar_edit_remove_bookmark (TelarDocument *document, const char *name)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Remove bookmark"));

  telar_patch_touchf (telar_document_patch (document), telar_document_graph (document),
                      "bookmarks/%s", name);
  telar_graph_remove_bookmark (graph, name);
  telar_document_commit (document, NULL);
}

void
telar_edit_rename_bookmark (TelarDocument *document, const char *name, const char *new_name)
{
  const TelarBookmark *old = telar_graph_find_bookmark (telar_document_graph (document), name);
  TelarGraph *graph;
  TelarBookmark bookmark;

  if (!old || !new_name[0] || g_str_equal (name, new_name))
    return;
  graph = telar_document_begin (document, _ ("Rename bookmark"));
  telar_patch_touchf (telar_document_patch (document), telar_document_graph (document),
                      "bookmarks/%s", name);
  telar_patch_touchf (telar_document_patch (document), telar_document_graph (document),
                      "bookmarks/%s", new_name);
  bookmark = *old;
  bookmark.name = (char *)new_name;
  telar_graph_set_bookmark (graph, &bookmark, NULL);
  telar_graph_remove_bookmark (graph, name);
  telar_document_commit (document, NULL);
}
