(()=>{(function(){"use strict";var n=null;new EventSource("/-/changes").onmessage=function(a){n!==null&&a.data!==n&&location.reload(),n=a.data}})();})();
