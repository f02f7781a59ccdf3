/* Watchpoints: what is looked for at each step of a training, where, and what happens when it is
 * found. The trainer looks after the forward and backward pass and, with the action `pause`, undoes
 * the step, so that the run waits before the optimizer has changed anything.
 *
 * In text, as in the training setting "watch" and on the command line, a watchpoint is
 *
 *   KIND[:WHERE][:LIMIT][:steps=N][:mark|notify|pause][:off]
 *
 * with WHERE a node's id, NODE.PORT for one wire, or a pattern with * and ?; nodes of groups are
 * paths, "stage/conv1", of a repeated group "stage/0/conv1". Without WHERE all nodes are watched.
 * LIMIT is a number, of `range` also LOW..HIGH. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* x is the number looked at, |x| its size, Δ what a step adds to a parameter p. The kinds, their
 * formulas and the limits are those of MindInsight's debugger, where it has them. */
typedef enum {
  TELAR_WATCH_NAN,       /* NaN among outputs, gradients or new parameters: count > 0 */
  TELAR_WATCH_OVERFLOW,  /* ±∞ among them: count > 0 */
  TELAR_WATCH_VANISHING, /* of gradients: mean |x| < limit (Hochreiter, 1991) */
  TELAR_WATCH_EXPLODING, /* of gradients: ‖x‖₂ > limit (Pascanu et al., "On the difficulty of
                          * training recurrent neural networks", 2013) */
  TELAR_WATCH_UNCHANGED, /* of parameters: max |Δ| ≤ limit · max |p| */
  TELAR_WATCH_UPDATE_LARGE, /* of kernels: mean |Δ| / mean |p| > limit */
  TELAR_WATCH_UPDATE_SMALL, /* of kernels: mean |Δ| / mean |p| < limit */
  TELAR_WATCH_DEAD,         /* share of units (places along axis 1) of an output whose numbers were
                             * all 0 for so many steps ≥ limit */
  TELAR_WATCH_SATURATED,    /* of bounded activations: share of numbers within 1.5 % of the ends of
                             * their range > limit (Glorot, Bengio: "Understanding the difficulty
                             * of training deep feedforward neural networks", 2010) */
  TELAR_WATCH_RANGE,        /* of outputs: min < LOW or max > HIGH */
  TELAR_WATCH_LOSS_STUCK,   /* mean loss of so many steps m, of as many before them m₀:
                             * |m - m₀| ≤ limit · |m₀| */
  TELAR_WATCH_OVERFITTING,  /* generalization loss of an epoch, E_val / min E_val - 1 > limit, while
                             * the training loss is below that of the best epoch (Prechelt: "Early
                             * stopping — but when?", 1998) */
  TELAR_N_WATCHES
} TelarWatchKind;

typedef struct {
  const char *name;    /* "vanishing": in text */
  const char *label;   /* N_("Vanishing gradient") */
  const char *doc;     /* N_(when it hits) */
  const char *advice;  /* N_(what to do) */
  const char *measure; /* what the value of a hit is: "mean size" */
  gboolean below;      /* hits below the limit, not above it */
  gboolean on_run;     /* of the whole run: takes no WHERE */
  double limit;        /* unless the watchpoint says otherwise */
  guint steps;         /* likewise; 0: it looks at single steps */
} TelarWatchInfo;

const TelarWatchInfo *telar_watch_info (TelarWatchKind kind);

typedef enum {
  TELAR_WATCH_MARK,   /* an event of the run, seen on its charts */
  TELAR_WATCH_NOTIFY, /* likewise, and a person is told */
  TELAR_WATCH_PAUSE,  /* likewise, and the run waits before the step */
  TELAR_N_WATCH_ACTIONS
} TelarWatchAction;

const char *telar_watch_action_name (TelarWatchAction action);

typedef struct {
  TelarWatchKind kind;
  TelarWatchAction action;
  gboolean off;
  char *where;      /* "*": all; owned */
  double low, high; /* of `range`; otherwise @high is the limit */
  guint steps;
} TelarWatch;

TelarWatch *telar_watch_new (TelarWatchKind kind); /* everywhere, marks, with the usual limit */
void telar_watch_free (TelarWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarWatch, telar_watch_free)
TelarWatch *telar_watch_parse (const char *text, GError **error);
/* Only what is not as usual. Caller frees. */
char *telar_watch_to_text (const TelarWatch *watch);

/* The same for several, apart by blanks; GPtrArray of TelarWatch *, owned. */
GPtrArray *telar_watches_parse (const char *text, GError **error);
char *telar_watches_to_text (const GPtrArray *watches);

/* What a watchpoint has found. Told once when it begins, not at each step for which it lasts. */
typedef struct {
  TelarWatchKind kind;
  TelarWatchAction action;
  char *where; /* node, wire or parameter; "run"; owned */
  double value;
  double limit; /* that it has passed */
} TelarWatchHit;

void telar_watch_hit_clear (TelarWatchHit *hit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarWatchHit, telar_watch_hit_clear)
/* The text of an event of the kind TELAR_WATCH_EVENT: one line for people, with the advice, that
 * reads back. Caller frees. */
#define TELAR_WATCH_EVENT "watch"
char *telar_watch_hit_to_text (const TelarWatchHit *hit);
gboolean telar_watch_hit_from_text (const char *text, TelarWatchHit *hit);
/* "stage/0/conv1" without the numbers of repetitions: where the node is drawn. Caller frees. */
char *telar_watch_plain_path (const char *id);
/* Where the node that the hit is at is drawn. Caller frees; NULL: the run. */
char *telar_watch_hit_node (const TelarWatchHit *hit);

G_END_DECLS
