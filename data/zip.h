/* The little of ZIP that .npz files need: members stored or deflated, no encryption, no splitting,
 * up to 4 GiB (APPNOTE.TXT 6.3, PKWARE). */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  GBytes *data;
} TelarZipMember;

/* All members in the order of the directory (TelarZipMember *, owned). Sizes are checked against
 * the file and the ratio that deflate can reach before anything is allocated, checksums after. */
GPtrArray *telar_zip_read (const char *path, GError **error);

/* The bytes of an archive of stored members, without times: equal contents give equal bytes.
 * FALSE when they do not fit into 4 GiB. */
GByteArray *telar_zip_build (const GPtrArray *members, GError **error);

TelarZipMember *telar_zip_member_new (const char *name, GBytes *data);
void telar_zip_member_free (TelarZipMember *member);

G_END_DECLS
