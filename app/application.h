/* TelarApplication: one process, one window for each project. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_APPLICATION (telar_application_get_type ())
G_DECLARE_FINAL_TYPE (TelarApplication, telar_application, TELAR, APPLICATION, AdwApplication)

TelarApplication *telar_application_new (void);

G_END_DECLS
