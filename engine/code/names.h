/* The names in a function or method of the file. */
#pragma once

#include "engine/code/private.h"

G_BEGIN_DECLS

typedef struct {
  const CodeClass *class;
  const CodeBody *body;
  GPtrArray *results;   /* TelarEdge * */
  GHashTable *names;    /* "node:port" -> what holds it */
  GHashTable *taken;    /* names that stand for something */
  GHashTable *readers;  /* "node:port" -> how often it is read, GUINT_TO_POINTER */
  GPtrArray *arguments; /* char *, borrowed of @names */
  GPtrArray *types;     /* of each: const TelarType * */
  GHashTable *modules;  /* in a function: "self.conv1" -> what stands for it */
  const char *passing;  /* what holds a value that the next line alone reads */
} CodeNames;

/* All results that are there, the arguments and @passing. */
void code_names_begin (CodeNames *f, const CodeWriter *w, const CodeClass *class);
void code_names_end (CodeNames *f);
/* The key of a value. Caller frees. */
char *code_names_key (const char *node, guint port);
/* What holds the value at the start of a wire. */
const char *code_names_of (const CodeNames *f, const TelarEdge *edge);
/* One that nothing is called by yet, like @text, which is taken now. Caller frees. */
char *code_names_take (CodeNames *f, const char *text);

G_END_DECLS
