// Loads the page again when the server has built the site anew.
(function () {
  "use strict";
  var seen = null;
  new EventSource("/-/changes").onmessage = function (e) {
    if (seen !== null && e.data !== seen) location.reload();
    seen = e.data;
  };
})();
