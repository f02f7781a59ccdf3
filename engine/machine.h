/* The cost model: what a machine was measured to do, kept in a file, and what a step will take on
 * it. The same file gives the same answers. */
#pragma once

#include "engine/profile.h"

G_BEGIN_DECLS

typedef struct {
  double products;     /* operations a second of large matrix products, */
  double convolutions; /* of convolutions */
  double far_bytes;    /* bytes a second, read and written, of what fits into no cache, */
  double near_bytes;   /* of what does */
  double call;         /* seconds that an instruction takes which computes nothing */
} TelarMachine;

/* What @device was measured to do: read from @path, or measured (some 0.3 s) and kept there. A file
 * that is damaged, or of another processor, number of threads or version of Telar, is measured and
 * written anew; that it cannot be written is no error. @path NULL: the file that the environment
 * names as TELAR_MACHINE, which holds for any machine and is never written, else one in the folder
 * "telar" of the user's cache, which does not keep what was measured while others had the
 * processors. */
gboolean telar_machine_open (TelarDevice *device, const char *path, TelarMachine *machine,
                             GError **error);

/* What a run of @plan will take, and where the time goes. Each instruction takes what its
 * operations or its bytes take, whichever is more, and a call (the roofline model, profile.h). */
typedef struct {
  double seconds;
  GHashTable *nodes; /* id ("" for what the compiler made) -> double *, seconds; owned */
} TelarEstimate;

void telar_machine_estimate (const TelarMachine *machine, const TelarPlan *plan,
                             TelarEstimate *estimate);
void telar_estimate_clear (TelarEstimate *estimate);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarEstimate, telar_estimate_clear)

G_END_DECLS
