import 'virtual:fonts.css'; document.querySelector('#wall')!.textContent='Quanke';
