/* Hyperparameters in event files. */
#include "insight/events/hparams.h"

const char *const telar_hparams_tags[TELAR_N_HPARAMS] = {
  "_hparams_/experiment",
  "_hparams_/session_start_info",
  "_hparams_/session_end_info",
};

/* Fields of HParamsPluginData, in the order of TelarHparamsPart. */
enum { VERSION = 1, EXPERIMENT = 2, START = 3, END = 4 };
enum { STATUS_SUCCESS = 1, STATUS_FAILURE = 2 };
/* DataType of api.proto */
enum { TYPE_STRING = 1, TYPE_BOOL = 2, TYPE_FLOAT64 = 3 };

void
telar_hparams_clear (TelarHparams *hparams)
{
  json_decref (hparams->settings);
  hparams->settings = NULL;
  g_clear_pointer (&hparams->metrics, g_ptr_array_unref);
}

/* --- reading ----------------------------------------------------------------------------- */

/* A google.protobuf.Value of one of the three types that settings may have. */
static json_t *
read_value (const TelarProtoField *value)
{
  TelarProto proto = telar_proto_enter (value);
  TelarProtoField field;
  json_t *json = json_null ();

  while (telar_proto_next (&proto, &field)) {
    json_decref (json);
    if (telar_proto_is (&field, 2, TELAR_PROTO_FIXED64)) /* JSON has no NaN */
      json = json_real (telar_proto_double (field.bits)) ?: json_null ();
    else if (telar_proto_is (&field, 3, TELAR_PROTO_BYTES))
      json = json_stringn ((const char *)field.bytes, field.size) ?: json_null ();
    else if (telar_proto_is (&field, 4, TELAR_PROTO_VARINT))
      json = json_boolean (field.bits != 0);
    else
      json = json_null ();
  }
  return json;
}

/* An entry of SessionStartInfo.hparams. */
static gboolean
read_setting (const TelarProtoField *entry, json_t *settings)
{
  TelarProto proto = telar_proto_enter (entry);
  TelarProtoField field;
  g_autofree char *name = NULL;
  json_t *value = json_null ();

  while (telar_proto_next (&proto, &field)) {
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES)) {
      g_free (name);
      name = g_strndup ((const char *)field.bytes, field.size);
    } else if (telar_proto_is (&field, 2, TELAR_PROTO_BYTES)) {
      json_decref (value);
      value = read_value (&field);
    }
  }
  return json_object_set_new (settings, name != NULL ? name : "", value) == 0 && !proto.bad;
}

static gboolean
read_start (const TelarProtoField *start, TelarHparams *hparams)
{
  TelarProto proto = telar_proto_enter (start);
  TelarProtoField field;

  if (hparams->settings == NULL)
    hparams->settings = json_object ();
  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES) && !read_setting (&field, hparams->settings))
      return FALSE;
  return !proto.bad;
}

/* MetricInfo: its name's tag is that of a curve. */
static gboolean
read_metric (const TelarProtoField *metric, GPtrArray *metrics)
{
  TelarProto proto = telar_proto_enter (metric), name;
  TelarProtoField field, part;

  while (telar_proto_next (&proto, &field)) {
    if (!telar_proto_is (&field, 1, TELAR_PROTO_BYTES))
      continue;
    name = telar_proto_enter (&field);
    while (telar_proto_next (&name, &part))
      if (telar_proto_is (&part, 2, TELAR_PROTO_BYTES))
        g_ptr_array_add (metrics, g_strndup ((const char *)part.bytes, part.size));
    if (name.bad)
      return FALSE;
  }
  return !proto.bad;
}

static gboolean
read_experiment (const TelarProtoField *experiment, TelarHparams *hparams)
{
  TelarProto proto = telar_proto_enter (experiment);
  TelarProtoField field;

  if (hparams->metrics == NULL)
    hparams->metrics = g_ptr_array_new_with_free_func (g_free);
  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 5, TELAR_PROTO_BYTES) && !read_metric (&field, hparams->metrics))
      return FALSE;
  return !proto.bad;
}

static gboolean
read_end (const TelarProtoField *end, TelarHparams *hparams)
{
  TelarProto proto = telar_proto_enter (end);
  TelarProtoField field;

  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 1, TELAR_PROTO_VARINT))
      hparams->status = field.bits == STATUS_FAILURE ? TELAR_RUN_FAILED : TELAR_RUN_DONE;
  return !proto.bad;
}

gboolean
telar_hparams_read (TelarProtoSpan content, TelarHparams *hparams)
{
  TelarProto proto = telar_proto (content.bytes, content.size);
  TelarProtoField field;
  gboolean ok = TRUE;

  while (ok && telar_proto_next (&proto, &field)) {
    if (telar_proto_is (&field, EXPERIMENT, TELAR_PROTO_BYTES))
      ok = read_experiment (&field, hparams);
    else if (telar_proto_is (&field, START, TELAR_PROTO_BYTES))
      ok = read_start (&field, hparams);
    else if (telar_proto_is (&field, END, TELAR_PROTO_BYTES))
      ok = read_end (&field, hparams);
  }
  return ok && !proto.bad;
}

/* --- writing ----------------------------------------------------------------------------- */

typedef void (*SettingFunc) (const char *name, const json_t *value, GByteArray *out);

static void
each_setting (const json_t *settings, const char *prefix, SettingFunc put, GByteArray *out)
{
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *)settings, key, value)
  {
    g_autofree char *name = g_strconcat (prefix, key, NULL);
    g_autofree char *inner = g_strconcat (name, ".", NULL);
    if (json_is_object (value))
      each_setting (value, inner, put, out);
    else if (json_is_number (value) || json_is_string (value) || json_is_boolean (value))
      put (name, value, out);
  }
}

/* An entry of SessionStartInfo.hparams. */
static void
put_setting (const char *name, const json_t *json, GByteArray *out)
{
  g_autoptr (GByteArray) entry = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();

  telar_proto_put_text (entry, 1, name);
  if (json_is_string (json))
    telar_proto_put_text (value, 3, json_string_value (json));
  else if (json_is_boolean (json))
    telar_proto_put_varint (value, 4, json_is_true (json));
  else
    telar_proto_put_double (value, 2, json_number_value (json));
  telar_proto_put_message (entry, 2, value);
  telar_proto_put_message (out, 1, entry);
}

/* Experiment.hparam_infos */
static void
put_setting_info (const char *name, const json_t *json, GByteArray *out)
{
  g_autoptr (GByteArray) info = g_byte_array_new ();

  telar_proto_put_text (info, 1, name);
  telar_proto_put_varint (info, 4,
                          json_is_string (json)    ? TYPE_STRING
                          : json_is_boolean (json) ? TYPE_BOOL
                                                   : TYPE_FLOAT64);
  telar_proto_put_message (out, 4, info);
}

static void
put_metric_info (const char *tag, GByteArray *out)
{
  g_autoptr (GByteArray) info = g_byte_array_new ();
  g_autoptr (GByteArray) name = g_byte_array_new ();

  telar_proto_put_text (name, 2, tag);
  telar_proto_put_message (info, 1, name);
  telar_proto_put_message (out, 5, info);
}

static void
put_experiment (const TelarSession *session, GByteArray *out)
{
  const char *tag;
  json_t *value;

  telar_proto_put_double (out, 3, session->start);
  each_setting (session->settings, "", put_setting_info, out);
  json_object_foreach ((json_t *)session->metrics, tag, value) put_metric_info (tag, out);
}

void
telar_hparams_write (const TelarSession *session, TelarHparamsPart part, GByteArray *out)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  switch (part) {
  case TELAR_HPARAMS_EXPERIMENT:
    put_experiment (session, message);
    break;
  case TELAR_HPARAMS_START:
    each_setting (session->settings, "", put_setting, message);
    telar_proto_put_text (message, 4, session->group);
    telar_proto_put_double (message, 5, session->start);
    break;
  case TELAR_HPARAMS_END:
    telar_proto_put_varint (message, 1, session->failed ? STATUS_FAILURE : STATUS_SUCCESS);
    telar_proto_put_double (message, 2, session->end);
    break;
  case TELAR_N_HPARAMS:
    break;
  }
  telar_proto_put_varint (out, VERSION, 0);
  telar_proto_put_message (out, EXPERIMENT + part, message);
}
