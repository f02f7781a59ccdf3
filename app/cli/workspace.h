/* Where runs are kept, and the models among them. */
#pragma once

#include "app/cli/command.h"
#include "app/model/model.h"
#include "engine/checkpoint.h"
#include "engine/feed.h"
#include "insight/store.h"

G_BEGIN_DECLS

/* clang-format off */
#define TELAR_OPTION_WORKSPACE                                                                     \
  { .name = "workspace", .kind = TELAR_OPTION_FOLDER, .value = "DIR",                              \
    .doc = "The folder that keeps runs; otherwise $TELAR_WORKSPACE, otherwise telar/workspace in " \
           "the user's data folder." }
#define TELAR_OPTION_DEVICE                                                                        \
  { .name = "device", .kind = TELAR_OPTION_TEXT, .value = "NAME",                                  \
    .doc = "What computes: cpu (the default), ref, cuda or cuda:N; telar devices lists them." }
#define TELAR_OPTION_THREADS                                                                       \
  { .name = "threads", .kind = TELAR_OPTION_INT, .value = "N", .minimum = 1, .maximum = 4096,      \
    .doc = "How many threads compute; all of the machine unless given." }
#define TELAR_OPTION_SPLIT(text)                                                                   \
  { .name = "split", .kind = TELAR_OPTION_CHOICE, .choices = telar_split_choices, .doc = text }
#define TELAR_OPTION_JSON(text) { .name = "json", .doc = text }
/* clang-format on */

extern const char *const telar_split_choices[];
/* As --split says; validation unless it is given. */
TelarSplit telar_command_split (const TelarCommand *command);

/* The workspace as option, environment or default say. Caller frees. */
char *telar_command_workspace (const TelarCommand *command);
TelarStore *telar_command_store (const TelarCommand *command, GError **error);

/* The device as --device and --threads say, for verbs that have both. */
struct TelarDevice *telar_command_device (const TelarCommand *command, GError **error);

/* The document of PROJECT with --set, --seed and --epochs applied where the verb has them. */
TelarGraph *telar_command_project (const TelarCommand *command, const char *path, GError **error);
/* Those settings alone. */
gboolean telar_command_apply_settings (const TelarCommand *command, TelarGraph *graph,
                                       GError **error);

/* The model that @name stands for, in the workspace of the command. */
gboolean telar_model_open (const TelarCommand *command, const char *name, TelarModel *model,
                           GError **error);

G_END_DECLS
