/* A run store of what a server tells of another one (insight/web): whoever reads a run store reads
 * a remote one in the same way. Only what is told is in it; only the mirror writes it. */
#pragma once

#include "insight/store.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef struct TelarMirror TelarMirror;

/* An empty one in @folder, which is there. */
TelarMirror *telar_mirror_new (const char *folder, GError **error);
void telar_mirror_free (TelarMirror *mirror);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarMirror, telar_mirror_free)

/* What follows has the form of the server's answers (insight/web/page/openapi.json), of which
 * nothing is trusted: what is malformed is an error of code TELAR_ERROR_INVALID. */

/* The whole list: {"runs": […]}. Runs that are not in it go. */
gboolean telar_mirror_take_list (TelarMirror *mirror, const json_t *answer, GError **error);
/* A message of the live connection: rows, points and events. Rows of runs that are not known are
 * passed over, for the list says which there are. */
gboolean telar_mirror_take_message (TelarMirror *mirror, const json_t *message, GError **error);
/* {"step": […], "time": […], "value": […]} of a curve; points that are there already count. */
gboolean telar_mirror_take_points (TelarMirror *mirror, const char *run, const char *tag,
                                   const json_t *points, GError **error);
/* Its points were taken back at the server. */
gboolean telar_mirror_forget_points (TelarMirror *mirror, const char *run, const char *tag,
                                     GError **error);
/* {"figures": […]} */
gboolean telar_mirror_take_figures (TelarMirror *mirror, const char *run, const json_t *answer,
                                    GError **error);
/* The project's text. */
gboolean telar_mirror_take_graph (TelarMirror *mirror, const char *run, const char *text,
                                  GError **error);

/* The last step of a curve that is there; -1: none. */
gint64 telar_mirror_last_step (TelarMirror *mirror, const char *run, const char *tag);
/* The id of a run's last event; 0: none. */
gint64 telar_mirror_last_event (TelarMirror *mirror, const char *run);

G_END_DECLS
