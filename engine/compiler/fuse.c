/* The fuse pass: fewer passes over memory.
 *
 * Needs a program after differentiation and layout. First the epilogues, because a product with its
 * bias and activation is one call of a library; then regions from what elementwise work is left.
 * Values, outputs and updates stay what they were, up to the rounding of the products. */
#include "engine/compiler/fuse.h"
#include "engine/compiler.h"

TelarProgram *
telar_pass_fuse (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarProgram) products = telar_fuse_epilogues (program, error);
  return products != NULL ? telar_fuse_regions (products, error) : NULL;
}
