/* A real Chromium without a window, driven through the DevTools protocol over a pipe. */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

typedef struct Browser Browser;

/* A browser with one empty page of 1280 by 900 pixels. */
Browser *browser_start (void);
void browser_stop (Browser *browser);

/* Opens @url and waits until it is loaded. */
void browser_open (Browser *browser, const char *url);
/* The value of a JavaScript expression, awaited; which must not throw. Caller decrefs. */
json_t *browser_value (Browser *browser, const char *format, ...) G_GNUC_PRINTF (2, 3);
double browser_number (Browser *browser, const char *expression);
/* Caller frees. */
char *browser_text (Browser *browser, const char *expression);
/* Waits until an expression is true. */
void browser_wait (Browser *browser, const char *expression);
/* The exceptions and errors that the page has had, one a line; "" when it had none. Borrowed. */
const char *browser_problems (const Browser *browser);
void browser_forget_problems (Browser *browser);

/* In the middle of the element that @selector finds. */
void browser_click (Browser *browser, const char *selector);
/* From one place of the element to another, each as parts of its width and height. */
void browser_drag (Browser *browser, const char *selector, double x0, double y0, double x1,
                   double y1);
void browser_wheel (Browser *browser, const char *selector, double x, double y, double delta);
/* A key by its name, "Tab", "ArrowLeft", "+". */
void browser_key (Browser *browser, const char *key);
void browser_type (Browser *browser, const char *selector, const char *text);

void browser_set_dark (Browser *browser, gboolean dark);
void browser_screenshot (Browser *browser, const char *path);
