#include "runtime/http/predictions_handler.h"

#include "runtime/http/body_headers.h"
#include "runtime/http/posted_image.h"
#include "runtime/http/query_parameters.h"
#include "runtime/http/vision_answers.h"

namespace tideline::http {
namespace {

constexpr std::size_t kClasses = 5;  // As TorchServe's image_classifier.

Result<Tensor> image_of(const HttpRequest& request, const Serving& serving) {
  if (auto fits = check_classifies(serving.vision, serving.engine.model().outputs()); !fits) return fits.error();
  return parse_prediction(content_type(request), request.body);
}

}  // namespace

HttpResponse PredictionsHandler::handle(HttpRequest request) const {
  InferRecord record(serving_, request.received, ErrorForm::torchserve);
  if (const auto why = encoded(request)) return record.unsupported(*why);
  if (const auto why = not_for_prediction(content_type(request))) return record.unsupported(*why);
  // The image shares the body's bytes, so they still count.
  const std::shared_ptr<Budget::Held> held = request.held;
  auto asked = parameters_of_query(request.query, record.received());
  if (!asked) return record.failed(asked.error());
  asked->wanted = request.wanted();
  asked->refused = serving_.refused;
  auto image = image_of(request, serving_);
  if (!image) return record.failed(image.error());
  record.parsed();

  asked->images = {*std::move(image)};
  const auto served = serving_.engine.infer(*std::move(asked));
  if (!served) return record.failed(served.error());
  record.inferred();

  const auto classes = likeliest(served->outputs, serving_.vision, kClasses);
  if (!classes) return record.failed(classes.error());
  HttpResponse answer;
  answer.body = write_classes(*classes);
  record.served(*served, answer);
  return answer;
}

}  // namespace tideline::http
