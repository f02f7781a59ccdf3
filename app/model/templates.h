/* The projects that ship with Telar: networks to look at, train and start one's own from. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

typedef struct {
  const char *name;  /* "resnet-18": its file is NAME.telar */
  const char *title; /* N_("ResNet-18") */
  const char *text;  /* N_(a sentence or two) */
} TelarTemplate;

/* In the order in which they are shown, ended by an entry whose name is NULL. */
extern const TelarTemplate telar_templates[];

/* NULL when there is none of that name. */
const TelarTemplate *telar_template_find (const char *name);

/* The folder of the templates and their data: TELAR_SAMPLES, or where they are installed. */
const char *telar_samples_folder (void);

/* Caller frees. */
char *telar_template_path (const TelarTemplate *of);

/* A template as a new project that will lie in @folder (NULL: nowhere yet); its data stay where
 * they are installed. */
TelarGraph *telar_template_open (const TelarTemplate *of, const char *folder, GError **error);

G_END_DECLS
