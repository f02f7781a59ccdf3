/* Rows in, their projections out: project N D COMPONENTS PERPLEXITY reads N · D floats, prints the
 * divergence of t-SNE and a line for each row, its principal components and its two of t-SNE. */
#include "insight/projection.h"

#include <stdio.h>
#include <stdlib.h>

int
main (int argc, char **argv)
{
  g_assert (argc == 5);
  gsize n = strtoul (argv[1], NULL, 10), d = strtoul (argv[2], NULL, 10);
  g_autofree float *values = g_new (float, n *d);
  g_autofree double *points = g_new (double, 2 * n);
  g_autoptr (GError) error = NULL;
  g_auto (TelarPca) pca = { 0 };
  double divergence;

  g_assert (fread (values, sizeof *values, n * d, stdin) == n * d);
  TelarCloudRows rows = { .values = values, .n = n, .d = d };
  TelarTsneOptions options = { .perplexity = atof (argv[4]), .seed = 1 };
  if (!telar_pca (&rows, (guint)atoi (argv[3]), &pca, &error) ||
      !telar_tsne (&rows, &options, points, &divergence, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  printf ("%.17g\n", divergence);
  for (gsize i = 0; i < n; i++) {
    for (guint k = 0; k < pca.k; k++)
      printf ("%.17g ", pca.scores[i * pca.k + k]);
    printf ("%.17g %.17g\n", points[2 * i], points[2 * i + 1]);
  }
  return 0;
}
