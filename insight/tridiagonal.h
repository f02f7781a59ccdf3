/* Eigenvalues of symmetric tridiagonal matrices. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Implicit QL (Bowdler, Martin, Reinsch, Wilkinson: "The QR and QL algorithms for symmetric
 * matrices", Numerische Mathematik 11, 1968). @diagonal [m] becomes the eigenvalues, in no order;
 * @beside [m] holds the m - 1 numbers next to it and is used up; column i of @vectors [m, m]
 * becomes the eigenvector of eigenvalue i. */
void telar_tridiagonal_solve (double *diagonal, double *beside, double *vectors, gsize m);

G_END_DECLS
