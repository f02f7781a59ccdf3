/* The pool of the CPU device. Debian's oneDNN runs on libgomp; a pool of our own beside it would
 * fight it for the cores. So this calls libgomp too, through its binary interface: the same pool
 * whichever compiler builds us, and no OpenMP switch on any file. */
#include "engine/devices/cpu/cpu.h"

/* libgomp's interface; it has no header of its own. */
void GOMP_parallel (void (*body) (void *data), void *data, unsigned n_threads, unsigned flags);
int omp_get_thread_num (void);
int omp_get_num_threads (void);
void omp_set_num_threads (int n_threads);

typedef struct {
  CpuBody body;
  void *data;
  gsize n, unit;
  guint pieces;
} Job;

guint
cpu_pieces (const CpuDevice *device, gsize n, gsize grain)
{
  gsize most = n / MAX (grain, 1);

  return (guint)CLAMP (most, 1, MAX (device->base.threads, 1));
}

static void
do_piece (const Job *job, guint piece)
{
  gsize units = (job->n + job->unit - 1) / job->unit;
  gsize begin = units * piece / job->pieces * job->unit;
  gsize end = MIN (units * (piece + 1) / job->pieces * job->unit, job->n);

  if (begin < end)
    job->body (job->data, begin, end, piece);
}

/* libgomp may give fewer threads than asked for; each takes every so-manyth piece. */
static void
do_pieces (void *data)
{
  const Job *job = data;

  for (guint piece = (guint)omp_get_thread_num (); piece < job->pieces;
       piece += (guint)omp_get_num_threads ())
    do_piece (job, piece);
}

void
cpu_parallel (const CpuDevice *device, gsize n, gsize grain, gsize unit, CpuBody body, void *data)
{
  Job job = { body, data, n, MAX (unit, 1), cpu_pieces (device, n, grain) };

  if (job.pieces == 1)
    do_piece (&job, 0);
  else
    GOMP_parallel (do_pieces, &job, job.pieces, 0);
}

void
cpu_adopt_threads (const CpuDevice *device)
{
  omp_set_num_threads ((int)device->base.threads);
}

/* --- the crowd -------------------------------------------------------------------------------- */

struct CpuCrowd {
  GThread *thread;
  GMutex lock;
  GCond over;
  gboolean is_over;
};

static void
do_nothing (void *data)
{
}

/* A team belongs to the thread that starts it, and lasts as long: see GOMP_SPINCOUNT in libgomp's
 * manual. */
static gpointer
stand_around (gpointer data)
{
  CpuCrowd *crowd = data;

  GOMP_parallel (do_nothing, NULL, 2, 0);
  g_mutex_lock (&crowd->lock);
  while (!crowd->is_over)
    g_cond_wait (&crowd->over, &crowd->lock);
  g_mutex_unlock (&crowd->lock);
  return NULL;
}

CpuCrowd *
cpu_crowd_new (guint threads)
{
  if (threads < 2 || threads < g_get_num_processors ())
    return NULL;
  CpuCrowd *crowd = g_new0 (CpuCrowd, 1);
  g_mutex_init (&crowd->lock);
  g_cond_init (&crowd->over);
  crowd->thread = g_thread_new ("telar-crowd", stand_around, crowd);
  return crowd;
}

void
cpu_crowd_free (CpuCrowd *crowd)
{
  if (crowd == NULL)
    return;
  g_mutex_lock (&crowd->lock);
  crowd->is_over = TRUE;
  g_cond_signal (&crowd->over);
  g_mutex_unlock (&crowd->lock);
  g_thread_join (crowd->thread);
  g_cond_clear (&crowd->over);
  g_mutex_clear (&crowd->lock);
  g_free (crowd);
}
