/* The verbs; each has a file of its own. */
#pragma once

#include "app/cli/command.h"

G_BEGIN_DECLS

extern const TelarVerb telar_verb_new;
extern const TelarVerb telar_verb_train;
extern const TelarVerb telar_verb_check;
extern const TelarVerb telar_verb_evaluate;
extern const TelarVerb telar_verb_embed;
extern const TelarVerb telar_verb_predict;
extern const TelarVerb telar_verb_export;
extern const TelarVerb telar_verb_import;
extern const TelarVerb telar_verb_diff;
extern const TelarVerb telar_verb_runs;
extern const TelarVerb telar_verb_serve;
/* telar runs request RUN WHAT [VALUE] (runs-request.c). */
int telar_runs_request (const TelarCommand *command, GError **error);
extern const TelarVerb telar_verb_compile;
extern const TelarVerb telar_verb_bench;
extern const TelarVerb telar_verb_operators;
extern const TelarVerb telar_verb_devices;

G_END_DECLS
