/* Errors of the engine and everything above it: GError with the node's id as extended data.
 *
 * A function that can fail takes a trailing GError **, returns NULL or FALSE, and leaves nothing
 * half done. Messages are one line, say what, where and how to mend it, and are not translated
 * below the studio. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TELAR_ERROR (telar_error_quark ())

/* The codes are what a caller may act on; the command line turns them into its exit status. */
typedef enum {
  TELAR_ERROR_FAILED,      /* failed while running (exit 1) */
  TELAR_ERROR_USAGE,       /* wrong use of a command (exit 2) */
  TELAR_ERROR_INVALID,     /* bad project, model or data (exit 3) */
  TELAR_ERROR_NO_DEVICE,   /* no such device (exit 4) */
  TELAR_ERROR_INTERRUPTED, /* stopped by the user (exit 130) */
} TelarErrorCode;

GQuark telar_error_quark (void);

/* Sets @error (when not NULL) with @node, the id of the node at fault, or NULL when none is.
 * The node's id is put in front of the message: "conv1: kernel must be positive". */
void telar_set_error (GError **error, TelarErrorCode code, const char *node, const char *format,
                      ...) G_GNUC_PRINTF (4, 5);

/* The id of the node at fault, or NULL. Owned by @error. */
const char *telar_error_get_node (const GError *error);

/* Gives @error the node's id where it has none yet; the message gains it in front. */
void telar_error_set_node (GError **error, const char *node);

G_END_DECLS
