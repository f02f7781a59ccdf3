/* The example of telar.h, as a program outside would have it. */
#include <stdio.h>
#include <telar.h>

int
main (int argc, char **argv)
{
  float picture[784] = { 0 };
  telar_array input = { TELAR_FLOAT32, 4, { 1, 1, 28, 28 }, picture }, output;
  char *error = NULL;
  telar_model *model = telar_model_load (argc > 1 ? argv[1] : "mnist.onnx", 0, &error);
  if (!model || !telar_model_run (model, &input, 1, &output, 1, &error))
    return fprintf (stderr, "%s\n", error), 1;
  for (int i = 0; i < 10; i++)
    printf ("%d: %g\n", i, (double)((float *)output.data)[i]);
  telar_array_clear (&output);
  telar_model_free (model);
  return 0;
}
