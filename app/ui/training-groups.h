/* The training settings as a person thinks of them: in groups, and only those that count. */
#pragma once

#include "engine/param.h"

G_BEGIN_DECLS

typedef struct {
  const char *title;           /* N_() */
  const char *const *settings; /* names, NULL-terminated */
} TelarTrainingGroup;

/* Ends with a NULL title. The prominent settings are in none. */
extern const TelarTrainingGroup telar_training_groups[];

/* Whether the setting changes anything, as the others stand: momentum only with an optimizer that
 * has it. */
gboolean telar_training_counts (const TelarParamSet *training, const char *setting);

G_END_DECLS
