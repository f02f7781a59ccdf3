/* Whether the files of a lineage are still what they were. */
#include "engine/file-hash.h"
#include "insight/lineage.h"

#include <glib/gstdio.h>

/* A file whose inode was last changed so long before it was recorded cannot have changed since: any
 * write sets that time, and nobody but the clock's keeper can set it back. */
#define MARGIN_SECONDS 60

static TelarLineageFile
compare_file (const TelarLineageNode *node, gint64 most_bytes)
{
  GStatBuf info;

  if (g_stat (node->path, &info) != 0)
    return TELAR_LINEAGE_FILE_MISSING;
  if (info.st_size != node->bytes)
    return TELAR_LINEAGE_FILE_CHANGED;
  if (info.st_ctime < node->time / G_USEC_PER_SEC - MARGIN_SECONDS)
    return TELAR_LINEAGE_FILE_SAME;
  if (info.st_size > most_bytes)
    return TELAR_LINEAGE_FILE_UNKNOWN;
  g_autofree char *hash = telar_file_hash (node->path, NULL, NULL);
  if (hash == NULL)
    return TELAR_LINEAGE_FILE_MISSING;
  return g_str_equal (hash, node->sha256) ? TELAR_LINEAGE_FILE_SAME : TELAR_LINEAGE_FILE_CHANGED;
}

void
telar_lineage_check_files (TelarLineage *lineage, gint64 most_bytes)
{
  for (guint i = 0; i < lineage->nodes->len; i++) {
    TelarLineageNode *node = lineage->nodes->pdata[i];
    if (node->path != NULL && node->sha256 != NULL)
      node->file = compare_file (node, most_bytes);
  }
}
