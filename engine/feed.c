/* The calls of a feed. */
#include "engine/feed.h"
#include <string.h>

void
telar_feed_free (TelarFeed *feed)
{
  if (feed)
    feed->klass->free (feed);
}

gint64
telar_feed_rows (const TelarFeed *feed, TelarSplit split)
{
  return feed->klass->rows (feed, split);
}

gboolean
telar_feed_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  return feed->klass->begin (feed, pass, error);
}

gint64
telar_feed_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  return feed->klass->next (feed, tensors, error);
}

const TelarFeedPort *
telar_feed_find_port (const TelarFeed *feed, const char *name)
{
  for (guint i = 0; i < feed->n_ports; i++)
    if (strcmp (feed->ports[i].name, name) == 0)
      return &feed->ports[i];
  return NULL;
}
