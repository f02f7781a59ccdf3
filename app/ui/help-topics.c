/* What the help says. */
#include "app/ui/help-topics.h"

#include <glib/gi18n.h>

#define PAGE(...) ((const TelarHelpPart[]){ __VA_ARGS__, { 0 } })
#define TEXT(text_)                                                                                \
  {                                                                                                \
    .kind = TELAR_HELP_TEXT, .text = text_                                                         \
  }
#define HEADING(text_)                                                                             \
  {                                                                                                \
    .kind = TELAR_HELP_HEADING, .text = text_                                                      \
  }
#define KEYS(keys_, text_)                                                                         \
  {                                                                                                \
    .kind = TELAR_HELP_KEYS, .keys = keys_, .text = text_                                          \
  }

const TelarHelpTopic telar_help_topics[] = {
  { "start", N_ ("Your First Network"),
    PAGE (
        TEXT (N_ (
            "Open a sample on the start page and press Train. The page Train shows loss and "
            "accuracy while the network learns; Stop keeps a checkpoint, and the run stays in the "
            "list at the left.")),
        TEXT (N_ (
            "Every card on the canvas is an operator: it takes tensors at its left and gives "
            "tensors at its right. A network for training begins with data and ends with a loss. "
            "What the finished model takes and gives is marked by Input and Output.")),
        TEXT (N_ (
            "To draw one of your own, choose New Project, press Tab, type the name of an operator "
            "and press Enter. The line at the bottom says whether anything is missing."))) },
  { "canvas", N_ ("Drawing"),
    PAGE (
        TEXT (N_ (
            "Drag an operator from the palette, or press Tab or click twice on the empty canvas "
            "and search. Dropped on a wire it is put into it. Drag from a port to another to draw "
            "a wire; let go over the empty canvas to search what fits there.")),
        TEXT (N_ (
            "Wires only go where kinds agree and no circle closes. While you draw, ports that take "
            "the wire grow, and where it does not fit the reason stands at the pointer.")),
        HEADING (N_ ("Seeing more")),
        TEXT (N_ (
            "Turn the wheel with Ctrl to zoom, drag the ground with the middle button or the space "
            "bar to move. The overview in the corner shows where you are.")),
        KEYS ("plus minus", N_ ("Zoom in and out")), KEYS ("0", N_ ("Show all")),
        KEYS ("<Control>f", N_ ("Search operators"))) },
  { "keyboard", N_ ("Without a Mouse"),
    PAGE (
        TEXT (N_ (
            "Everything can be done from the keyboard. F6 goes from the palette to the canvas, the "
            "inspector and the bottom line; Escape goes back to the canvas.")),
        HEADING (N_ ("On the canvas")), KEYS ("Left Right Up Down", N_ ("Walk along the wires")),
        KEYS ("Tab", N_ ("Add a node by name")),
        KEYS ("w", N_ ("Take up a wire at the current node; again: at its next port")),
        TEXT (N_ (
            "While a wire is held, the arrows carry its end to the ports where it may go. Enter "
            "lets it go there, Tab looks for a new node to end it at, Escape gives it up.")),
        KEYS ("e <Shift>e", N_ ("Walk over the wires of the node; Delete removes the one chosen")),
        KEYS ("Return", N_ ("Edit the node, or enter a group")),
        KEYS ("<Control>Left <Control>Right", N_ ("Move the node")),
        KEYS ("<Control>g", N_ ("Group what is selected")),
        KEYS ("Menu <Shift>F10", N_ ("Open the menu of what is selected")),
        TEXT (N_ ("All keys are listed under Keyboard Shortcuts in the menu."))) },
  { "problems", N_ ("Shapes and Problems"),
    PAGE (
        TEXT (N_ (
            "Shapes are worked out while you draw: each card shows what it gives, with N for the "
            "number of samples in a batch. A card with a red disc cannot work as it stands; a "
            "yellow triangle is advice.")),
        TEXT (N_ (
            "The bottom line counts the problems. Open it with F7: each row says what is wrong and "
            "leads to the node. Training starts once no error is left.")),
        TEXT (N_ ("The right of the line says what the network costs: parameters, the memory of a "
                  "training step, the operations of a step."))) },
  { "inspector", N_ ("Parameters"),
    PAGE (
        TEXT (N_ (
            "What is selected is edited in the inspector at the right. Several nodes of one kind "
            "are "
            "edited together. A value that is not the default has a button that brings the default "
            "back.")),
        TEXT (N_ (
            "With nothing selected the inspector holds the settings of the training: optimizer, "
            "learning rate and its schedule, epochs, early stopping. Click on the empty canvas to "
            "come to them."))) },
  { "groups", N_ ("Groups"),
    PAGE (TEXT (N_ (
              "Select some nodes and press Ctrl+G: they become one node, whose ports are the wires "
              "that led out. Enter it with Alt+Down, leave it with Alt+Up; the path at the top of "
              "the "
              "canvas leads back, too.")),
          TEXT (N_ (
              "A group can be used many times. Its nodes share their weights, or each has its own; "
              "repeat runs it several times in a row, and what should differ in one place is set "
              "there, as in conv1.filters=32."))) },
  { "training", N_ ("Training"),
    PAGE (
        TEXT (N_ (
            "Train starts a process of its own: it goes on when the studio is closed, and the next "
            "start finds it again. Pause, Stop and the learning rate act at the next step.")),
        TEXT (N_ (
            "Charts keep every point. Drag over a part of a chart to see it closer. The list at "
            "the "
            "left holds all runs; each can be shown again, and exported.")),
        KEYS ("<Control>Return F5", N_ ("Train")),
        KEYS ("<Alt>1 <Alt>2", N_ ("Design page, train page"))) },
  { "files", N_ ("Saving, and What a Crash Leaves"),
    PAGE (TEXT (N_ (
              "Every edit is written at once to a journal beside the file, and never over it. "
              "After a "
              "crash the studio offers what was not saved. Undo has no end, also across a save; "
              "History lists all edits and leads to any of them.")),
          TEXT (N_ (
              "When another program changes the file while it is open, you are asked: Reload takes "
              "what it holds now, and can be undone; Keep Mine writes over it when you save.")),
          KEYS ("<Control>z <Control><Shift>z", N_ ("Undo, redo")),
          KEYS ("<Control>h", N_ ("History of the edits"))) },
  { "exchange", N_ ("Models In and Out"),
    PAGE (
        TEXT (N_ (
            "Open an ONNX model, or drop it on the window: it is drawn with the operators of the "
            "palette, its weights beside it. What cannot be drawn is listed, with the reason.")),
        TEXT (N_ (
            "Export, in the menu, writes the network or a trained run as ONNX or safetensors. Each "
            "ONNX file is tried beside the project before it is left to you.")),
        KEYS ("<Control>e", N_ ("Export"))) },
  { NULL },
};

const TelarHelpTopic *
telar_help_find_topic (const char *name)
{
  for (const TelarHelpTopic *topic = telar_help_topics; topic->name; topic++) {
    if (g_str_equal (topic->name, name))
      return topic;
  }
  return NULL;
}
