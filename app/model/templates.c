/* The templates by name, and how one becomes a project of a person's own. */
#include "app/model/templates.h"

#include "app/model/relocate.h"
#include "engine/i18n.h"

const TelarTemplate telar_templates[] = {
  { "digits-cnn", N_ ("Digits, Convolutional"),
    N_ ("Reads handwritten digits with three convolutions. About 99 % right.") },
  { "digits-dense", N_ ("Digits, Dense"),
    N_ ("The same digits with two dense layers: small, fast, a good first network.") },
  { "titanic", N_ ("Titanic"),
    N_ ("Who survived? A small network on a table with missing values.") },
  { "faces", N_ ("Faces"), N_ ("Finds the faces in a picture with a trained detector.") },
  { "lenet", N_ ("LeNet-5"),
    N_ ("The classic of 1998: two convolutions, two pools, three dense layers.") },
  { "vgg-11", N_ ("VGG-11"),
    N_ ("Eight small convolutions, one after the other, wider and wider.") },
  { "resnet-18", N_ ("ResNet-18"),
    N_ ("Four stages of residual blocks. Each stage is a repeated group.") },
  { "resnet-50", N_ ("ResNet-50"), N_ ("The deep one: sixteen bottleneck blocks in four stages.") },
  { "mobilenet-v2", N_ ("MobileNetV2"),
    N_ ("Inverted residual blocks with depthwise convolutions, made for small devices.") },
  { "unet", N_ ("U-Net"),
    N_ ("Finds discs, squares and rings pixel by pixel, with bridges from left to right.") },
  { "autoencoder", N_ ("Autoencoder"),
    N_ ("Squeezes a digit into 32 numbers and draws it again from them.") },
  { "variational-autoencoder", N_ ("Variational Autoencoder"),
    N_ ("Learns a smooth space of digits from which new ones can be drawn.") },
  { "lstm-text", N_ ("LSTM on Text"),
    N_ ("Reads Alice in Wonderland and foretells the next letter.") },
  { "gru-series", N_ ("GRU on a Series"),
    N_ ("Foretells the sunspots of next year from the 24 years before.") },
  { "transformer", N_ ("Transformer Encoder"),
    N_ ("Reads a digit row by row and lets the rows attend to each other.") },
  { "tiny-gpt", N_ ("Tiny GPT"),
    N_ ("A causal Transformer of four blocks that writes like Lewis Carroll.") },
  { "penguins", N_ ("Penguins"),
    N_ ("Tells three species apart by bill and flipper: a classifier on a table.") },
  { "two-inputs", N_ ("Two Inputs"),
    N_ ("Passenger and ticket go in apart and meet in the middle.") },
  { "two-outputs", N_ ("Two Outputs"),
    N_ ("One trunk tells a penguin's species and its weight at once.") },
  { "siamese", N_ ("Siamese"),
    N_ ("Are two digits the same? One network with shared weights looks at both.") },
  { NULL },
};

const TelarTemplate *
telar_template_find (const char *name)
{
  for (const TelarTemplate *t = telar_templates; t->name != NULL; t++)
    if (g_str_equal (t->name, name))
      return t;
  return NULL;
}

const char *
telar_samples_folder (void)
{
  const char *folder = g_getenv ("TELAR_SAMPLES");

  return folder && folder[0] ? folder : TELAR_SAMPLES_DIR;
}

char *
telar_template_path (const TelarTemplate *of)
{
  g_autofree char *file = g_strconcat (of->name, ".telar", NULL);

  return g_build_filename (telar_samples_folder (), file, NULL);
}

TelarGraph *
telar_template_open (const TelarTemplate *of, const char *folder, GError **error)
{
  g_autofree char *path = telar_template_path (of);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *from = g_path_get_dirname (absolute);
  g_autoptr (TelarGraph) graph = telar_graph_load (absolute, error);

  if (!graph || !telar_relocate_graph (graph, from, folder, error))
    return NULL;
  return g_steal_pointer (&graph);
}
