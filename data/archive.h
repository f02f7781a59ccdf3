/* ZIP archives, which .npz files are, through libzip. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  GBytes *data;
} TelarZipMember;

/* All members in the order of the directory (TelarZipMember *, owned). A size that a member claims
 * is checked against what its packed bytes can hold before anything is allocated. */
GPtrArray *telar_zip_read (const char *path, GError **error);

/* The bytes of an archive of stored members, all with the same time: equal contents give equal
 * bytes.
 */
GByteArray *telar_zip_build (const GPtrArray *members, GError **error);

TelarZipMember *telar_zip_member_new (const char *name, GBytes *data);
void telar_zip_member_free (TelarZipMember *member);

G_END_DECLS
