#include "runtime/http/detection_handler.h"

#include "runtime/http/body_headers.h"
#include "runtime/http/posted_image.h"
#include "runtime/http/query_parameters.h"
#include "runtime/http/vision_answers.h"

namespace tideline::http {
namespace {

Result<DetectionForm> read_form(const HttpRequest& request, const Serving& serving) {
  if (auto fits = check_finds_boxes(serving.vision); !fits) return fits.error();
  return parse_detection(content_type(request), request.body);
}

}  // namespace

HttpResponse DetectionHandler::handle(HttpRequest request) const {
  InferRecord record(serving_, request.received, ErrorForm::deepstack);
  if (const auto why = encoded(request)) return record.unsupported(*why);
  if (const auto why = not_for_detection(content_type(request))) return record.unsupported(*why);
  // The image shares the body's bytes, so they still count.
  const std::shared_ptr<Budget::Held> held = request.held;
  auto asked = parameters_of_query(request.query, record.received());
  if (!asked) return record.failed(asked.error());
  asked->wanted = request.wanted();
  asked->refused = serving_.refused;
  const auto form = read_form(request, serving_);
  if (!form) return record.failed(form.error());
  record.parsed();

  asked->images = {form->image};
  const auto served = serving_.engine.infer(*std::move(asked));
  if (!served) return record.failed(served.error());
  record.inferred();

  const auto boxes = find_boxes(form->image, served->outputs, serving_.vision, form->min_confidence);
  if (!boxes) return record.failed(boxes.error());
  HttpResponse answer;
  answer.body = write_detections(*boxes, labels_of(serving_.vision), {served->timing.total, record.age()});
  record.served(*served, answer);
  return answer;
}

}  // namespace tideline::http
