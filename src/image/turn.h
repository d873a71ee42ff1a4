// Which way up a page is: the picture of a page that was scanned or photographed on its side or
// upside down, without asking a model that reads.
//
// Every 3 x 3 square of ink and paper is one of 512 patterns. How often each occurs, at four
// scales, is a fingerprint that turns with the page: turned a quarter, each pattern counts where
// its turned self did. One weight for each pattern, learnt from upright pages of 32 languages
// (image/lab/turn_train.cc), makes of it four scores, one for each way up. The scripts' own habits
// decide: more letters rise above their line than hang below it, bowls are open to one side.
//
// What was measured, on which pages, and how often it is wrong: docs/documents.md.
#pragma once

#include "format/image.h"

namespace quire {

struct Turn {
  int clockwise = 0;  // degrees that make the picture upright: 0, 90, 180 or 270
  // How far the best score is ahead of the next. Nothing should be turned unless it is sure.
  double margin = 0;
  bool sure = false;
};

// Never sure about a picture without much text: a photograph, music, a nearly empty page.
Turn find_turn(const Image& image);

// 0, 90, 180 or 270 degrees.
Image turned_clockwise(Image image, int degrees);

}  // namespace quire
