declare module 'virtual:fonts.css';
declare module 'virtual:fonts-rare.css';
