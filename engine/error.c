/* The engine's error domain: GError that carries the id of the node at fault, so that the studio
 * can show the problem where it happened and a message never loses its place. */
#include "engine/error.h"

typedef struct {
  char *node;
} TelarErrorPrivate;

static void
telar_error_private_init (TelarErrorPrivate *private)
{
  private->node = NULL;
}

static void
telar_error_private_copy (const TelarErrorPrivate *source, TelarErrorPrivate *target)
{
  target->node = g_strdup (source->node);
}

static void
telar_error_private_clear (TelarErrorPrivate *private)
{
  g_free (private->node);
}

G_DEFINE_EXTENDED_ERROR (TelarError, telar_error)

void
telar_set_error (GError **error, TelarErrorCode code, const char *node, const char *format, ...)
{
  if (!error)
    return;
  va_list args;
  va_start (args, format);
  GError *made = g_error_new_valist (TELAR_ERROR, (gint)code, format, args);
  va_end (args);
  telar_error_set_node (&made, node);
  g_propagate_error (error, made);
}

const char *
telar_error_get_node (const GError *error)
{
  if (!error || error->domain != TELAR_ERROR)
    return NULL;
  return telar_error_get_private (error)->node;
}

void
telar_error_set_node (GError **error, const char *node)
{
  if (!error || !*error || !node || telar_error_get_node (*error))
    return;
  /* A foreign domain has no room for the id, so its error is made anew as one of ours. */
  GError *old = *error;
  int code = old->domain == TELAR_ERROR ? old->code : (int)TELAR_ERROR_FAILED;
  GError *made = g_error_new (TELAR_ERROR, code, "%s: %s", node, old->message);
  telar_error_get_private (made)->node = g_strdup (node);
  g_error_free (old);
  *error = made;
}
